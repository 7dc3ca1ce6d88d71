//! Writes the seeds of a target into a folder, a file each: `polso-fuzz-seeds TARGET FOLDER`. Without
//! arguments it prints the names of all targets.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            polso_fuzz::TARGETS.iter().for_each(|target| println!("{}", target.name));
            ExitCode::SUCCESS
        }
        [name, folder] => match polso_fuzz::named(name) {
            Some(target) => write(&(target.seeds)(), Path::new(folder)),
            None => fail(&format!("no target `{name}`")),
        },
        _ => fail("expected a target and a folder"),
    }
}

fn write(seeds: &[Vec<u8>], folder: &Path) -> ExitCode {
    let written = seeds
        .iter()
        .enumerate()
        .try_for_each(|(number, seed)| std::fs::write(folder.join(format!("seed-{number}")), seed));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("`{}`: {error}", folder.display())),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
