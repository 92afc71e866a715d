//! Long inputs through the built program: memory that does not grow with them, packed ones, worker threads, and readers and users
//! who stop early.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;
use tokenloupe::jose::base64url::encode;

/// A signed token; its signature is nobody's.
fn token(number: usize) -> String {
    let header = encode(br#"{"alg":"ES256","typ":"JWT"}"#);
    let payload = encode(format!(r#"{{"iss":"https://issuer.example","n":{number}}}"#).as_bytes());
    format!("{header}.{payload}.{}", encode(&[7; 64]))
}

/// `inspect` with these arguments, in an empty folder. On Linux it may hold so many MiB of data at most.
fn inspect(folder: &TempDir, arguments: &[&str], mebibytes: u32) -> Command {
    let program = env!("CARGO_BIN_EXE_tokenloupe");
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new("sh");
        let limit = format!("ulimit -d {} && exec \"$0\" \"$@\"", mebibytes << 10);
        command.args(["-c", &limit, program]);
        command
    } else {
        Command::new(program)
    };
    command
        .arg("inspect")
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Feeds standard input, and takes what comes out.
fn fed(
    mut child: Child,
    mut write: impl FnMut(&mut dyn std::io::Write) -> std::io::Result<()> + Send,
) -> Output {
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || write(&mut stdin));
        child.wait_with_output().unwrap()
    })
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// More than the memory that the program is given.
#[test]
fn a_log_larger_than_memory_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let child = inspect(&folder, &["--format", "jsonl", "--jobs", "2"], 64)
        .spawn()
        .unwrap();
    let filler = "2026-11-21T22:40:13Z INFO request served, path=/a status=200\n".repeat(4_000);
    let output = fed(child, |stdin| {
        for number in 0..400 {
            stdin.write_all(filler.as_bytes())?;
            writeln!(
                stdin,
                "2026-11-21T22:40:13Z WARN token={}",
                token(number % 300)
            )?;
        }
        Ok(())
    });
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(1), String::new())
    );
    let lines = lines(&output);
    assert_eq!(lines.len(), 402);
    assert_eq!(lines[0]["type"], "run");
    let (mut offset, mut first) = (0, Vec::new());
    for (number, line) in lines[1..401].iter().enumerate() {
        offset += filler.len();
        let source = if number < 300 {
            first.push(line["sha256"].clone());
            &line["sources"][0]
        } else {
            assert_eq!(line["duplicate_of"], first[number - 300]);
            &line["source"]
        };
        let start = offset + "2026-11-21T22:40:13Z WARN token=".len();
        let text = token(number % 300);
        assert_eq!(
            source["byte_range"],
            serde_json::json!([start, start + text.len()])
        );
        assert_eq!(source["line"], (number + 1) * 4_001);
        assert_eq!(
            (&source["where"], &source["name_in"]),
            (&"log".into(), &"token".into())
        );
        offset = start + text.len() + 1;
    }
    assert!(offset > 90 << 20, "{offset}: more than there is memory");
    let summary = &lines[401];
    assert_eq!(
        (&summary["tokens"], &summary["occurrences"]),
        (&300.into(), &400.into())
    );
}

/// Nothing but tokens, a line each: it could be one for long.
#[test]
fn a_list_of_tokens_is_read_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let child = inspect(&folder, &["--format", "jsonl"], 40)
        .spawn()
        .unwrap();
    let lines = format!("{}\n", token(1)).repeat(1_000);
    let output = fed(child, |stdin| {
        (0..60).try_for_each(|_| stdin.write_all(lines.as_bytes()))
    });
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(1), String::new())
    );
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("duplicate_of").count(), 59_999);
}

/// Little to store and much to read, of which nothing is a token until its end.
#[test]
fn what_unpacks_to_much_is_read_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for unit in [&[0_u8; 4096][..], &[b'A'; 4096], &[b' '; 4096]] {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..(100 << 20) / unit.len() {
            encoder.write_all(unit).unwrap();
        }
        writeln!(encoder, " {}", token(1)).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(packed.len() < 1 << 20);
        fs::write(folder.path().join("bomb"), packed).unwrap();
        let child = inspect(&folder, &["bomb", "--format", "jsonl"], 160)
            .spawn()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), stderr(&output)),
            (Some(1), String::new())
        );
        let lines = lines(&output);
        assert_eq!(lines.len(), 3);
        let start = (100 << 20) + 1;
        assert_eq!(
            lines[1]["sources"][0]["byte_range"],
            serde_json::json!([start, start + token(1).len()])
        );
    }
}

#[test]
fn packed_records_are_read_and_cut_ones_told() {
    let folder = tempfile::tempdir().unwrap();
    let har = format!(
        r#"{{"log":{{"entries":[{{"request":{{"headers":[{{"name":"Authorization","value":"Bearer {}"}}]}}}}]}}}}"#,
        token(1)
    );
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(har.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    fs::write(folder.path().join("a.har.gz"), &packed).unwrap();
    fs::write(folder.path().join("cut"), &packed[..packed.len() - 4]).unwrap();
    let run = |name| {
        let child = inspect(&folder, &[name, "--format", "json"], 200)
            .spawn()
            .unwrap();
        child.wait_with_output().unwrap()
    };
    let whole = run("a.har.gz");
    assert_eq!(stderr(&whole), "");
    let report: Value = serde_json::from_slice(&whole.stdout).unwrap();
    let source = &report["tokens"][0]["sources"][0];
    assert_eq!(
        (&source["where"], &source["name"]),
        (&"har".into(), &"a.har.gz".into())
    );
    assert_eq!(source["name_in"], "entry 1 request header Authorization");
    let cut = run("cut");
    assert_eq!(cut.status.code(), Some(1));
    let text = stderr(&cut);
    assert!(
        text.starts_with("tokenloupe: cut: expected gzip data to its end")
            && text.lines().count() == 2,
        "{text}"
    );
    let report: Value = serde_json::from_slice(&cut.stdout).unwrap();
    assert_eq!(report["tokens"][0]["sources"][0]["where"], "har");
}

/// However many threads, the same to the byte.
#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = (0..700)
        .map(|number| format!("{number}: {}\n", token(number * number % 97)))
        .collect();
    let text = lines.concat();
    fs::write(folder.path().join("a.log"), &text).unwrap();
    fs::write(
        folder.path().join("b.log"),
        format!("once more {}\n{text}", token(1_000)),
    )
    .unwrap();
    for format in ["jsonl", "json", "text"] {
        let run = |jobs: &str| {
            let arguments = [
                "a.log",
                "b.log",
                "--format",
                format,
                "--jobs",
                jobs,
                "--at",
                "2026-11-21T22:40:13Z",
            ];
            let output = inspect(&folder, &arguments, 1_500)
                .spawn()
                .unwrap()
                .wait_with_output()
                .unwrap();
            assert_eq!(
                (output.status.code(), stderr(&output)),
                (Some(1), String::new())
            );
            String::from_utf8(output.stdout).unwrap()
        };
        let one = run("1");
        for jobs in ["2", "7", "100000"] {
            assert!(run(jobs) == one, "{format} {jobs}");
        }
        if format == "jsonl" {
            assert_eq!(one.lines().count(), 1_403);
        }
    }
}

/// The first lines come while the input goes on, and a reader who has seen enough ends it.
#[test]
fn tokens_come_while_the_input_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = inspect(&folder, &["--format", "jsonl"], 64)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let filler = "noise, and more of it\n".repeat(10_000);
        let mut number = 0;
        // Until the program is gone.
        while writeln!(stdin, "{}\n{filler}", token(number)).is_ok() {
            number += 1;
        }
        number
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for expected in ["run", "token", "token"] {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["type"], expected);
    }
    drop(lines);
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(141));
    assert_eq!(complaints(&mut child), "");
    assert!(writer.join().unwrap() > 2);
}

/// What the program said on standard error.
fn complaints(child: &mut Child) -> String {
    let mut text = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut text).unwrap();
    text
}

/// A program that writes a line now and then is followed.
#[test]
fn a_line_is_reported_before_the_next_megabyte() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = inspect(&folder, &["--format", "jsonl"], 64)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let filler = "noise, and more of it\n".repeat(100);
    write!(stdin, "start\n{filler}").unwrap();
    for number in 0..20 {
        write!(
            stdin,
            "2026-11-21T22:40:13Z token={}\n{filler}",
            token(number)
        )
        .unwrap();
        stdin.flush().unwrap();
        if number == 0 {
            assert!(lines.next().unwrap().unwrap().contains("\"run\""));
        }
        // Standard input stays open meanwhile.
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["sources"][0]["line"], 101 * (number + 1) + 1);
    }
    drop(stdin);
    let summary: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(summary["tokens"], 20);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// As Ctrl+C does.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_as_it_ends_other_programs() {
    use std::os::unix::process::ExitStatusExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut child = inspect(&folder, &["--format", "jsonl"], 64)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let filler = "noise, and more of it\n".repeat(100_000);
    write!(stdin, "{}\n{filler}", token(1)).unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("\"run\""));
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    assert_eq!(complaints(&mut child), "");
}
