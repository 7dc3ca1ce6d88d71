//! Every target over its seeds, and over the inputs in `corpus/` that fuzzing has found worth keeping:
//! those that reach something no other reaches, and those that once broke a property.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use polso_fuzz::{TARGETS, Target};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn check(target: &Target, name: &str, input: &[u8]) {
    let run = target.run;
    let held = catch_unwind(|| run(input)).is_ok();
    assert!(held, "{}: {name} breaks a property (see above)", target.name);
}

#[test]
fn properties_hold_for_seeds_and_corpus() {
    for target in TARGETS {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            check(target, &format!("seed {number}"), seed);
        }
        for file in files(&corpus().join(target.name)) {
            check(target, &file.display().to_string(), &std::fs::read(&file).unwrap());
        }
        check(target, "nothing", &[]);
    }
}

#[test]
fn every_folder_of_the_corpus_has_its_target() {
    let folders: BTreeSet<_> = files(&corpus())
        .iter()
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let targets: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(folders, targets);
}
