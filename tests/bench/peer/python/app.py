"""The classic stack: the same webhook with FastAPI, and Redis for dedup keys and counters.

It takes what Polso takes at the same address and answers in the same form. One script in Redis recognises and counts
a whole batch at once, so that nothing is counted that was not remembered. Out of its scope: live viewers, a journal,
NDJSON, and members that come twice.
"""

import hashlib
import os
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal

import jwt
import orjson
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from redis.asyncio import Redis

BODY_BYTES_MAX = 1024 * 1024
EVENTS_MAX = 1_000
DEDUP_TTL_S = 3_600
PANE_MS = 30_000
SINCE = datetime(2000, 1, 1, tzinfo=timezone.utc)
AHEAD_MAX = timedelta(minutes=5)
LATE = timedelta(hours=2)
SOURCES = {"crm"}
MEASURES = ("events", "conversions", "concluded", "value_cents")

# For each key: whether it is new; of a new one, what it adds to its series.
INGEST = """
local fresh = {}
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * 5
  if redis.call('SET', key, 1, 'NX', 'EX', ARGV[1]) then
    fresh[i] = 1
    redis.call('HINCRBY', ARGV[at], ARGV[at + 1] .. ':events', 1)
    if ARGV[at + 2] ~= '0' then redis.call('HINCRBY', ARGV[at], ARGV[at + 1] .. ':conversions', ARGV[at + 2]) end
    if ARGV[at + 3] ~= '0' then redis.call('HINCRBY', ARGV[at], ARGV[at + 1] .. ':concluded', ARGV[at + 3]) end
    if ARGV[at + 4] ~= '0' then redis.call('HINCRBY', ARGV[at], ARGV[at + 1] .. ':value_cents', ARGV[at + 4]) end
  else
    fresh[i] = 0
  end
end
return fresh
"""


def number(value: Any) -> Any:
    """Refuses what is no JSON number: pydantic would read a text too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return value


Amount = Annotated[Decimal, BeforeValidator(number), Field(ge=0, le=1_000_000_000, decimal_places=2)]
Text = Annotated[str, StringConstraints(max_length=64)]


class Metadata(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")

    campagna: Text = ""
    dispositivo: Text = ""
    localita: Text = ""


class Conversion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id_cliente: Annotated[str, StringConstraints(strict=True, pattern=r"^CLIENTE-[A-Z]{4,10}-\d{6}$")]
    evento: Literal[
        "richiesta_demo", "richiesta_demo_completata", "acquisto_concluso", "iscrizione_evento", "cancello_abbandono"
    ]
    timestamp: AwareDatetime
    valore: Amount
    canale: Literal["email", "social_media", "webform", "sms"]
    stato: Literal["completato", "duplicato", "fallito"]
    metadati: Metadata = Metadata()


keys = {key.get("kid"): jwt.PyJWK(key) for key in orjson.loads(os.environ["JWT_KEYS"])["keys"]}
redis = Redis(unix_socket_path=os.environ["REDIS_SOCKET"])
ingest_script = redis.register_script(INGEST)
app = FastAPI(openapi_url=None)


def claims_with(scope: str):
    """A dependency: the claims of a token that is valid and has the scope."""

    async def check(request: Request) -> dict[str, Any]:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise HTTPException(401, "send `Authorization: Bearer <token>`")
        try:
            key = keys[jwt.get_unverified_header(token).get("kid")]
            claims = jwt.decode(token, key, algorithms=["HS256"], leeway=60, options={"require": ["exp"]})
        except (jwt.InvalidTokenError, KeyError) as error:
            raise HTTPException(401, "the token is not valid") from error
        if scope not in claims.get("scope", "").split():
            raise HTTPException(403, f"the token lacks the scope `{scope}`")
        if scope == "ingest" and claims.get("source") not in SOURCES:
            raise HTTPException(403, "the token names no known source")
        return claims

    return check


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@app.post("/api/v1/eventi/conversione")
async def ingest(request: Request, claims: Annotated[dict[str, Any], Depends(claims_with("ingest"))]) -> Response:
    now = datetime.now(timezone.utc)
    results, batch, arguments = [], [], [DEDUP_TTL_S]
    for index, raw in enumerate(body_events(await request.body())):
        event, reasons = read(raw, now)
        if event is None:
            results.append({"index": index, "verdict": "rejected", "reasons": reasons})
            continue
        result = {"index": index}
        if event.metadati.model_extra:
            result["warnings"] = [f"`metadati.{name}` is ignored" for name in event.metadati.model_extra]
        results.append(result)
        batch.append((event, result, dedup_key(claims["source"], event)))
        arguments += counters(claims["source"], event)
    if batch:
        fresh = await ingest_script(keys=[key for _, _, key in batch], args=arguments)
        for (event, result, _), is_new in zip(batch, fresh):
            result["verdict"] = "accepted" if is_new else "duplicate"
            if is_new and now - event.timestamp > LATE:
                result["late"] = True
    verdicts = [result["verdict"] for result in results]
    rejected = verdicts.count("rejected")
    answer = {
        "accepted": verdicts.count("accepted"),
        "duplicates": verdicts.count("duplicate"),
        "rejected": rejected,
        "results": results,
    }
    status = 422 if rejected == len(results) else 202
    return Response(orjson.dumps(answer), status, media_type="application/json")


@app.get("/api/v1/kpi", dependencies=[Depends(claims_with("view"))])
async def kpi() -> dict[str, int]:
    totals = dict.fromkeys(MEASURES, 0)
    async for pane in redis.scan_iter("pane:*"):
        for field, count in (await redis.hgetall(pane)).items():
            totals[field.rpartition(b":")[2].decode()] += int(count)
    return totals


def body_events(body: bytes) -> list[Any]:
    if len(body) > BODY_BYTES_MAX:
        raise HTTPException(413, "send fewer events at a time")
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HTTPException(400, "the body is not JSON") from error
    if not isinstance(events, list):
        return [events]
    if not events:
        raise HTTPException(400, "send at least one event")
    if len(events) > EVENTS_MAX:
        raise HTTPException(413, f"send at most {EVENTS_MAX} events")
    return events


def read(raw: Any, now: datetime) -> tuple[Conversion | None, list[dict[str, Any]]]:
    """The event, or every reason why it is none."""
    try:
        event = Conversion.model_validate(raw)
    except ValidationError as error:
        return None, [
            {"code": fault["type"], "field": ".".join(map(str, fault["loc"])), "message": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    if not SINCE <= event.timestamp <= now + AHEAD_MAX:
        return None, [{"code": "time_range", "field": "timestamp", "message": "before 2000 or ahead of the clock"}]
    if event.evento == "richiesta_demo_completata":
        event.evento = "richiesta_demo"
    return event, []


def dimensions(source: str, event: Conversion) -> list[str]:
    metadata = event.metadati
    named = [event.canale, event.evento, event.stato, metadata.campagna, metadata.dispositivo, metadata.localita]
    return [source, *named]


def dedup_key(source: str, event: Conversion) -> str:
    """What makes two events the same: source, client, time and the whole content."""
    parts = [*dimensions(source, event), event.id_cliente, time_ms(event), cents(event)]
    return f"seen:{hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]}"


def counters(source: str, event: Conversion) -> list[str | int]:
    """Pane, series and what the event adds there: conversions, concluded, cents."""
    concluded = event.stato != "duplicato"
    converted = event.stato == "completato" and event.evento != "cancello_abbandono"
    time = time_ms(event)
    return [
        f"pane:{time - time % PANE_MS}",
        orjson.dumps(dimensions(source, event)).decode(),
        int(converted),
        int(concluded),
        cents(event) if converted else 0,
    ]


def time_ms(event: Conversion) -> int:
    return round(event.timestamp.timestamp() * 1000)


def cents(event: Conversion) -> int:
    return int(event.valore * 100)
