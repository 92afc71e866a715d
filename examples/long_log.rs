//! Writes a log with tokens to standard output, for measurements: `long_log MEBIBYTES TOKENS`.
//!
//! Every line begins with a time; the tokens are signed by nobody, all different but for one in ten, and evenly spread.

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use tokenloupe::jose::base64url::encode;

/// What a line without a token says, in turn.
const WORDS: [&str; 8] = [
    "INFO request served path=/api/v1/orders status=200 took=12ms",
    "DEBUG cache hit key=orders:1234:items ratio=0.93",
    "INFO \"GET /static/app.4f2a.js HTTP/1.1\" 304 0 \"https://a.example/\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
    "WARN retrying upstream=10.0.0.12:8443 attempt=2 error=\"connection reset by peer\"",
    "INFO {\"level\":\"info\",\"msg\":\"job done\",\"job\":\"reindex\",\"items\":4711,\"ok\":true}",
    "DEBUG sql=\"SELECT id, name FROM users WHERE email = 'jane@a.example' LIMIT 1\" rows=1",
    "TRACE eyes on the exporter: export.example.com finished, every entry was examined",
    "INFO blob=TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVyIGFkaXBpc2NpbmcgZWxpdC4= stored",
];

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (Some(Ok(mebibytes)), Some(Ok(tokens))) = (numbers.next(), numbers.next()) else {
        let _ = writeln!(io::stderr(), "long_log MEBIBYTES TOKENS");
        return ExitCode::from(2);
    };
    match write(mebibytes << 20, tokens) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "long_log: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(bytes: u64, tokens: u64) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let header = encode(br#"{"alg":"RS256","typ":"JWT","kid":"2026-09"}"#);
    let signature = encode(&[0xA5; 256]);
    let (mut written, mut made, mut line) = (0_u64, 0_u64, 0_u64);
    while written < bytes {
        let second = line / 40;
        let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
        let start = format!(
            "2026-11-21T{hour:02}:{minute:02}:{:02}.{:03}Z ",
            second % 60,
            line % 1000
        );
        let is_due =
            u128::from(made) * u128::from(bytes) <= u128::from(written) * u128::from(tokens);
        let text = if made < tokens && is_due {
            let number = made - u64::from(made % 10 == 9);
            made += 1;
            let payload = encode(
                format!(r#"{{"iss":"https://issuer.example","sub":"user-{number}","aud":"orders","exp":1795035600,"iat":1795032000}}"#).as_bytes(),
            );
            format!("{start}DEBUG outgoing Authorization: Bearer {header}.{payload}.{signature}\n")
        } else {
            let words = usize::try_from(line % 8).ok().and_then(|at| WORDS.get(at));
            format!("{start}{}\n", words.unwrap_or(&""))
        };
        out.write_all(text.as_bytes())?;
        written += text.len() as u64;
        line += 1;
    }
    out.flush()
}
