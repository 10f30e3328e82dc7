//! A PostgreSQL of our own for a test process: made when asked for, gone with the process.
//!
//! The server listens on a unix socket in a temporary folder only, so any number of test processes run side by side.
//! It is the child of a small shell script that reads a pipe this process holds open. When the pipe closes, the script
//! stops the server and removes the folder: on [`Drop`], and just as well after a panic, `exit`, or `kill -9`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{io, thread};

use tempfile::TempDir;

/// Older servers are passed over.
const OLDEST_MAJOR: u32 = 15;

/// Part of the socket's name; nothing else listens in the folder.
const PORT: u16 = 5432;

/// How often and how long apart the new server is asked whether it is ready: half a minute in all.
const TRIES: u32 = 1500;
const PAUSE: Duration = Duration::from_millis(20);

/// A unix socket's path must fit into 108 bytes, on some systems 104.
const LONGEST_SOCKET: usize = 103;

/// A throwaway cluster costs nothing when it is lost, so nothing waits for the disk.
const SETTINGS: [&str; 17] = [
    "listen_addresses=",
    "port=5432",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "checkpoint_timeout=1h",
    // Databases live for seconds; what needs statistics asks for them.
    "autovacuum=off",
    "jit=off",
    "max_connections=300",
    "shared_buffers=128MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off",
    // Bounds how long a client that connects and says nothing can hold up the end of the server.
    "authentication_timeout=10s",
];

/// `$1` is the folder, the rest is the server's command line. The exit status is the server's.
const KEEPER: &str = r#"
folder=$1
shift
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; : >"$folder/stopping"; kill -QUIT "$server"; } &
reader=$!
exec 3<&-
wait "$server"
code=$?
if [ -e "$folder/stopping" ]; then rm -rf -- "$folder"; else kill "$reader"; fi
exit "$code"
"#;

/// A running throwaway PostgreSQL. The database superuser is `postgres`; connections through the socket need no password.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in order: the server stops before its folder goes.
    _server: Server,
    folder: TempDir,
    version: String,
}

impl Cluster {
    /// Makes a cluster and starts it; `None` when no PostgreSQL 15 or newer is installed.
    ///
    /// Its programs are looked for in `VERBUND_PG_BIN`, then `PATH`, then `/usr/lib/postgresql/*/bin` (the highest
    /// version). As PostgreSQL refuses to run as root, root starts it as the user `postgres`, or else `nobody`.
    ///
    /// # Errors
    /// `VERBUND_PG_BIN` names no usable programs, or the cluster cannot be made or does not start; the message carries
    /// what the programs said.
    pub fn start() -> Result<Option<Self>, String> {
        let Some(programs) = Programs::find()? else { return Ok(None) };
        let (folder, user) = prepare_folder()?;
        let data = folder.path().join("data");
        init(&programs, folder.path(), &data, user)?;
        let log = folder.path().join("log");
        let mut server = Server::launch(&programs, folder.path(), &data, &log, user)?;
        server.wait_until_ready(folder.path(), &data, &log)?;
        Ok(Some(Self { _server: server, folder, version: programs.version }))
    }

    /// The URL of `database` for the role `user`, as sqlx, sea-orm and psql read it.
    ///
    /// The socket's folder is the parameter `host`, which goes before the host of the URL; that one is there because
    /// a URL with a user needs a host. Port and TLS are spelled out, so that `PGPORT` and `PGSSLMODE` change nothing.
    pub fn url(&self, user: &str, database: &str) -> String {
        format!(
            "postgres://{}@localhost:{PORT}/{}?host={}&sslmode=disable",
            percent_encode(user.as_bytes()),
            percent_encode(database.as_bytes()),
            percent_encode(self.folder.path().as_os_str().as_bytes()),
        )
    }

    /// The server's version, such as `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// The shell that keeps the server; both end when this is dropped.
#[derive(Debug)]
struct Server {
    keeper: Child,
}

impl Server {
    fn launch(programs: &Programs, folder: &Path, data: &Path, log: &Path, user: Option<User>) -> Result<Self, String> {
        let open = || File::options().create(true).append(true).open(log);
        let (out, err) = open()
            .and_then(|out| Ok((out.try_clone()?, out)))
            .map_err(|error| format!("cannot open the log {}: {error}", log.display()))?;
        let mut command = command(Path::new("/bin/sh"), folder, user);
        command.arg("-c").arg(KEEPER).arg("verbund-postgres").arg(folder);
        command.arg(programs.bin.join("postgres")).arg("-D").arg(data).arg("-k").arg(folder);
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        // A group of its own: Ctrl-C in a terminal reaches this process only, and the pipe does the rest.
        command.process_group(0).stdin(Stdio::piped()).stdout(out).stderr(err);
        let keeper = command.spawn().map_err(|error| format!("cannot run /bin/sh to keep PostgreSQL: {error}"))?;
        Ok(Self { keeper })
    }

    /// Ready means that the socket takes connections and that the server itself says so in its pid file.
    fn wait_until_ready(&mut self, folder: &Path, data: &Path, log: &Path) -> Result<(), String> {
        let socket = folder.join(format!(".s.PGSQL.{PORT}"));
        let failed = |what: String| {
            let log = fs::read_to_string(log).unwrap_or_default();
            Err(format!("{what}; its log:\n{log}"))
        };
        for _ in 0..TRIES {
            match self.keeper.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => return failed(format!("PostgreSQL ended while starting ({status})")),
                Err(error) => return failed(format!("cannot watch PostgreSQL: {error}")),
            }
            if says_ready(data) && UnixStream::connect(&socket).is_ok() {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        failed(format!("PostgreSQL was not ready after {} s", (PAUSE * TRIES).as_secs()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closing the pipe is the order to stop. A wait that fails leaves nothing to do: the child is gone or not ours.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Line 8 of `postmaster.pid` is the state of the server, padded with blanks.
fn says_ready(data: &Path) -> bool {
    fs::read_to_string(data.join("postmaster.pid"))
        .is_ok_and(|text| text.lines().nth(7).is_some_and(|state| state.trim() == "ready"))
}

/// PostgreSQL's programs: the real files, beside which they look for each other and for their shared data.
struct Programs {
    bin: PathBuf,
    version: String,
}

impl Programs {
    fn find() -> Result<Option<Self>, String> {
        if let Some(bin) = std::env::var_os("VERBUND_PG_BIN").filter(|it| !it.is_empty()) {
            let bin = PathBuf::from(bin);
            return Self::at(&bin).map(Some).ok_or_else(|| {
                format!(
                    "VERBUND_PG_BIN={} has no initdb and postgres of version {OLDEST_MAJOR} or newer",
                    bin.display()
                )
            });
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        Ok(std::env::split_paths(&path).find_map(|it| Self::at(&it)).or_else(Self::debian))
    }

    /// The newest under Debian's folder, which is not in `PATH`.
    fn debian() -> Option<Self> {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        let found = versions.flatten().filter_map(|it| Self::at(&it.path().join("bin")));
        found.max_by_key(|it| major(&it.version))
    }

    /// The programs of the folder `bin`, if they are there and new enough. Follows symbolic links of the programs.
    fn at(bin: &Path) -> Option<Self> {
        let postgres = bin.join("postgres").canonicalize().ok()?;
        let bin = postgres.parent()?.to_owned();
        if !bin.join("initdb").is_file() {
            return None;
        }
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        let output = command(&postgres, Path::new("/"), None).arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).split_whitespace().nth(2)?.to_owned();
        (major(&version) >= OLDEST_MAJOR).then_some(Self { bin, version })
    }
}

/// `15` of `15.18` and of `15beta1`; 0 of anything else.
fn major(version: &str) -> u32 {
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// Whom the server runs as, when that is not who runs the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
}

/// The user to step down to from root.
fn server_user() -> Result<User, String> {
    let passwd = fs::read_to_string("/etc/passwd").map_err(|error| format!("cannot read /etc/passwd: {error}"))?;
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| user_named(&passwd, name))
        .ok_or_else(|| "PostgreSQL does not run as root, and /etc/passwd has neither postgres nor nobody".to_owned())
}

fn user_named(passwd: &str, name: &str) -> Option<User> {
    let line = passwd.lines().find(|it| it.split(':').next() == Some(name))?;
    let mut ids = line.split(':').skip(2);
    let user = User { uid: ids.next()?.parse().ok()?, gid: ids.next()?.parse().ok()? };
    (user.uid != 0).then_some(user)
}

/// A folder for socket, data and log that belongs to whom the server runs as; the user is set when we are root.
fn prepare_folder() -> Result<(TempDir, Option<User>), String> {
    let failed = |error: io::Error| format!("cannot make a temporary folder for PostgreSQL: {error}");
    let folder = make_folder(&crate::scratch::parent()).map_err(failed)?;
    // The folder is ours, so its owner tells who we are.
    let root = fs::metadata(folder.path()).map_err(failed)?.uid() == 0;
    let usable = fits(folder.path()) && (!root || others_reach(folder.path()));
    let folder = if usable { folder } else { make_folder(Path::new("/tmp")).map_err(failed)? };
    if !root {
        return Ok((folder, None));
    }
    let user = server_user()?;
    std::os::unix::fs::chown(folder.path(), Some(user.uid), Some(user.gid)).map_err(failed)?;
    Ok((folder, Some(user)))
}

/// Readable by its owner only, which is the default of `tempfile`.
fn make_folder(parent: &Path) -> io::Result<TempDir> {
    let parent = parent.canonicalize()?;
    tempfile::Builder::new().prefix("verbund-pg-").tempdir_in(parent)
}

/// Whether a socket in `folder` has a path that a socket can have.
fn fits(folder: &Path) -> bool {
    folder.join(format!(".s.PGSQL.{PORT}")).as_os_str().len() <= LONGEST_SOCKET
}

/// Whether other users can walk down to `folder`.
fn others_reach(folder: &Path) -> bool {
    folder.ancestors().skip(1).all(|it| fs::metadata(it).is_ok_and(|found| found.mode() & 0o001 != 0))
}

fn init(programs: &Programs, folder: &Path, data: &Path, user: Option<User>) -> Result<(), String> {
    let initdb = programs.bin.join("initdb");
    let output = command(&initdb, folder, user)
        .arg("--pgdata")
        .arg(data)
        .args(["--username=postgres", "--auth-local=trust", "--auth-host=reject"])
        .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"])
        .output()
        .map_err(|error| format!("cannot run {}: {error}", initdb.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat();
    Err(format!("initdb failed ({}):\n{said}", output.status))
}

/// `program` as `user`, without input and without PostgreSQL's settings of the environment.
fn command(program: &Path, folder: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).env("LC_ALL", "C").env_remove("LANGUAGE");
    let is_postgres = |name: &OsString| name.as_bytes().starts_with(b"PG");
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_postgres(name)) {
        command.env_remove(name);
    }
    if let Some(user) = user {
        // Setting the user as root also drops the supplementary groups.
        command.gid(user.gid).uid(user.uid);
    }
    command
}

fn percent_encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn stops_and_cleans_up_when_dropped() {
        let Some(cluster) = Cluster::start().unwrap() else { return };
        let folder = cluster.folder.path().to_owned();
        let socket = folder.join(".s.PGSQL.5432");
        // A session that is still open must not hold the server up. Protocol 3.0; the answer starts with R.
        let mut session = UnixStream::connect(&socket).unwrap();
        session.write_all(b"\0\0\0\x17\0\x03\0\0user\0postgres\0\0").unwrap();
        let mut answer = [0];
        session.read_exact(&mut answer).unwrap();
        assert_eq!(answer, *b"R");
        drop(cluster);
        assert!(UnixStream::connect(&socket).is_err());
        assert!(!folder.exists());
    }

    #[test]
    fn reads_versions() {
        assert_eq!([major("15.18"), major("18beta1"), major("17devel"), major("")], [15, 18, 17, 0]);
    }

    #[test]
    fn reads_users_but_never_root() {
        let passwd = "root:x:0:0::/:/bin/sh\npostgres:x:101:104:,,,:/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n";
        assert_eq!(user_named(passwd, "postgres"), Some(User { uid: 101, gid: 104 }));
        assert_eq!(user_named(passwd, "root"), None);
        assert_eq!(user_named(passwd, "post"), None);
    }

    #[test]
    fn encodes_what_a_url_cannot_carry() {
        assert_eq!(percent_encode(b"/tmp/a b%\xc3\xa4"), "%2Ftmp%2Fa%20b%25%C3%A4");
        assert_eq!(percent_encode(b"verbund_app-1.x~"), "verbund_app-1.x~");
    }

    #[test]
    fn knows_which_folders_are_too_long_for_a_socket() {
        assert!(fits(Path::new("/tmp/verbund-pg-abcdef")));
        assert!(!fits(Path::new(&format!("/tmp/{}", "x".repeat(90)))));
    }
}
