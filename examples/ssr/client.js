import { start } from "./conversions.js";

await start(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
