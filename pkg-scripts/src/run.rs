//! Where things are in a checkout, and how other programs are run from here.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The root folder of a checkout, with everything that a build reads and writes below it.
pub struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// Takes the folder for a checkout if it looks like one.
    pub fn at(root: PathBuf) -> Result<Self> {
        if !root.join("src/lib.rs").is_file() || !root.join("pkg-scripts").is_dir() {
            bail!("run this in the root of the checkout (there is no src/lib.rs here)");
        }
        Ok(Self { root })
    }

    /// A path below the root.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// A path in the package that is being built.
    pub fn package(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join("pkg").join(relative)
    }

    /// A path for what lies between two steps and is not shipped.
    pub fn scratch(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join("target/package").join(relative)
    }

    /// A command of an npm package of this checkout, run in its root.
    pub fn npm_command(&self, name: &str) -> Result<Command> {
        let program = self.root.join("node_modules/.bin").join(name);
        if !program.exists() {
            bail!("`{name}` is missing: run `npm ci`, or pkg-scripts/build, which does it");
        }
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        Ok(command)
    }

    /// Node.js, run in the root.
    pub fn node(&self) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.root);
        command
    }

    /// `cargo`, run in the root.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root);
        command
    }
}

/// Runs to the end; output goes where ours goes; a failure names the program.
pub fn run(command: &mut Command) -> Result<()> {
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or(OsStr::new("program"))
        .to_string_lossy()
        .into_owned();
    let status = command.status().with_context(|| format!("could not start `{name}`"))?;
    if status.success() { Ok(()) } else { bail!("`{name}` failed with {status}") }
}

/// Says what happens and how long it took.
#[expect(
    clippy::disallowed_types,
    reason = "a build is not a rule: people want to know what takes long"
)]
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = std::time::Instant::now();
    let done = work().with_context(|| what.to_owned())?;
    println!("{what} ({:.1} s)", start.elapsed().as_secs_f32());
    Ok(done)
}

/// Reads a file that must be there.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Reads a text that must be there.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}

/// Removes a folder with all below it, if it is there.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
