//! The objects of the JSON report: field names, order and null rules. Other programs read them: a field keeps
//! its name and meaning. `docs/report.schema.json` says the same in JSON Schema.

use std::borrow::Cow;
use std::ops::Range;

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::disclosed::DisclosureShape;
use super::exact::{Exact, ExactNumber};
use super::{Judged, Options, Report, Summary};
use crate::find::Place;
use crate::inspection::{About, Dismissals, Inspection, sha256};
use crate::jose::json::{Document, Json, Value};
use crate::jose::{Fault, Kind, PartRole, Token, base64url, hex};
use crate::judge::words::When;
use crate::judge::{
    Check, Evidence, Finding, Judgement, KeyAudit, Policy, Profile, Times, Verdict,
};
use crate::keys::Key;
use crate::verify::{
    DecryptionOutcome, DecryptionProof, Diagnosis, Facts, Layer, Proof, SignatureProof, UsedKey,
};

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// What ran, as of when, with what.
#[derive(Serialize)]
pub(super) struct RunShape<'a> {
    tool: Tool,
    clock: String,
    clock_held: bool,
    policy: PolicyShape<'a>,
    keys: Vec<KeyShape<'a>>,
}

impl<'a> RunShape<'a> {
    pub(super) fn new(report: &'a Report<'_>) -> Self {
        Self {
            tool: Tool::this(),
            clock: report.at.to_string(),
            clock_held: report.options.when == When::Then,
            policy: PolicyShape::new(report.policy),
            keys: KeyShape::all(report),
        }
    }
}

#[derive(Serialize)]
pub(super) struct PolicyShape<'a> {
    name: Option<&'a str>,
    expects: Vec<String>,
}

impl<'a> PolicyShape<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        let expects = policy.described().into_iter();
        Self {
            name: policy.name.as_deref(),
            expects: expects
                .map(|(of, value)| format!("{of}: {value}"))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct KeyShape<'a> {
    id: &'a str,
    source: &'a str,
    kty: Option<&'static str>,
    crv: Option<&'static str>,
    bits: Option<usize>,
    #[serde(rename = "use")]
    use_: Option<&'a str>,
    alg: Option<&'a str>,
    holds: &'static str,
    thumbprint: Option<&'a str>,
    fault: Option<String>,
    findings: Vec<FindingShape<'a>>,
    passed: Vec<String>,
    not_run: &'a [&'static str],
}

impl<'a> KeyShape<'a> {
    fn all(report: &'a Report<'_>) -> Vec<Self> {
        let keys = report.keys.keys().iter().zip(&report.key_audits);
        keys.map(|(key, audit)| Self::new(key, audit, report.dismissals))
            .collect()
    }

    fn new(key: &'a Key, audit: &'a KeyAudit, dismissals: &'a Dismissals) -> Self {
        Self {
            id: &key.id,
            source: &key.source,
            kty: key.kind.kty(),
            crv: key.kind.crv(),
            bits: key.kind.bits(),
            use_: key.members.use_.as_deref(),
            alg: key.members.alg.as_deref(),
            holds: key.holds.name(),
            thumbprint: key.thumbprint.as_deref(),
            fault: key.fault.as_ref().map(ToString::to_string),
            findings: FindingShape::all(&audit.findings, &About::key(key), dismissals),
            passed: audit.passed.iter().map(ToString::to_string).collect(),
            not_run: &audit.not_run,
        }
    }
}

#[derive(Serialize)]
pub(super) struct TokenShape<'a> {
    sources: Vec<SourceShape<'a>>,
    sha256: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    kind: &'static str,
    serialization: &'static str,
    faults: Vec<FaultShape>,
    profile: ProfileShape<'a>,
    header: Option<Exact<'a>>,
    header_text: Option<&'a str>,
    unprotected: Option<Exact<'a>>,
    claims: Option<Exact<'a>>,
    claims_text: Option<&'a str>,
    payload_base64: Option<String>,
    signatures: Vec<SignatureShape<'a>>,
    decryption: Option<DecryptionShape<'a>>,
    inner: Option<Box<Self>>,
    disclosures: Vec<DisclosureShape<'a>>,
    processed_claims: Option<Exact<'a>>,
    key_binding: Option<Box<Self>>,
    diagnosis: Vec<DiagnosisShape<'a>>,
    time: TimeShape<'a>,
    checks: Vec<CheckShape>,
    verdict: VerdictShape,
    findings: Vec<FindingShape<'a>>,
    not_run: &'a [&'static str],
}

impl<'a> TokenShape<'a> {
    pub(super) fn new(judged: &'a Judged<'_>, places: &'a [Place], options: Options) -> Self {
        let Inspection {
            token,
            sha256,
            proof,
            ..
        } = judged.inspection;
        let judgement = &judged.judgement;
        Self::layer(
            Cow::Borrowed(sha256),
            token,
            proof,
            judgement,
            places,
            options,
            judged.dismissals,
        )
    }

    /// A token inside of another one.
    fn inside(
        layer: &'a Layer,
        judgement: &'a Judgement,
        options: Options,
        dismissals: &'a Dismissals,
    ) -> Box<Self> {
        let sha256 = Cow::Owned(sha256(layer.token.text()));
        Box::new(Self::layer(
            sha256,
            &layer.token,
            &layer.proof,
            judgement,
            &[],
            options,
            dismissals,
        ))
    }

    fn layer(
        sha256: Cow<'a, str>,
        token: &'a Token,
        proof: &'a Proof,
        judgement: &'a Judgement,
        places: &'a [Place],
        options: Options,
        dismissals: &'a Dismissals,
    ) -> Self {
        let about = About::token(&sha256);
        let inside = |layer: &'a Option<Box<Layer>>, judgement: &'a Option<Box<Judgement>>| {
            let (layer, judgement) = layer.as_ref().zip(judgement.as_ref())?;
            Some(Self::inside(layer, judgement, options, dismissals))
        };
        // What a token inside is written as is nobody's claims.
        let claims = object(token.claims()).filter(|_| proof.inner.is_none());
        let claims_text = token
            .part(PartRole::Payload)
            .filter(|_| claims.is_some())
            .and_then(|part| part.utf8());
        Self {
            sources: places.iter().map(SourceShape::new).collect(),
            sha256,
            text: (!options.redact).then(|| token.text()),
            kind: token.kind.name(),
            serialization: token.serialization.name(),
            faults: token.faults.iter().map(FaultShape::new).collect(),
            profile: ProfileShape::new(&judgement.profile),
            header: object(token.header()),
            header_text: token
                .part(PartRole::ProtectedHeader)
                .and_then(|part| part.utf8()),
            unprotected: token
                .envelope()
                .filter(|_| token.kind == Kind::Jwe)
                .and_then(|envelope| shallow_object(envelope.get("unprotected")?)),
            claims,
            claims_text,
            // Beside claims that are not UTF-8 too: nothing else would hold what they are exactly.
            // A payload that is a token is one: its text is kept back like any other's.
            payload_base64: token
                .part(PartRole::Payload)
                .filter(|_| claims_text.is_none())
                .filter(|_| !options.redact || proof.inner.is_none())
                .map(|part| base64url::encode(part.bytes())),
            signatures: judgement
                .proof(proof)
                .signatures
                .iter()
                .enumerate()
                .map(|(entry, signature)| SignatureShape::new(signature, token, entry))
                .collect(),
            decryption: proof.decryption.as_ref().map(DecryptionShape::new),
            inner: inside(&proof.inner, &judgement.inner),
            disclosures: DisclosureShape::all(proof.sd_jwt.as_deref()),
            processed_claims: proof
                .sd_jwt
                .as_deref()
                .and_then(|shown| object(shown.claims())),
            key_binding: inside(&proof.key_binding, &judgement.key_binding),
            diagnosis: proof
                .sd_jwt
                .iter()
                .flat_map(|shown| &shown.diagnosis)
                .map(DiagnosisShape::new)
                .collect(),
            time: TimeShape::new(&judgement.times),
            checks: judgement.checks.iter().map(CheckShape::new).collect(),
            verdict: VerdictShape::new(&judgement.verdict),
            findings: FindingShape::all(&judgement.findings, &about, dismissals),
            not_run: &judgement.not_run,
        }
    }
}

/// Objects nested deeper than this are given as text alone: common readers of JSON stop at 128 levels, and one token must not cost
/// them the whole report.
const MAX_REPORTED_DEPTH: usize = 100;

/// The object of a document, as far as it could be read, unless it nests too deep to be told as an object.
fn object(document: Option<&Document>) -> Option<Exact<'_>> {
    shallow_object(document?.root.as_ref()?)
}

fn shallow_object(json: &Json) -> Option<Exact<'_>> {
    json.object()
        .filter(|_| !is_too_deep(json))
        .map(|_| Exact(json))
}

/// Whether a value nests deeper than readers of reports follow.
pub(super) fn is_too_deep(json: &Json) -> bool {
    is_deeper_than(json, MAX_REPORTED_DEPTH)
}

fn is_deeper_than(root: &Json, limit: usize) -> bool {
    let mut open = vec![(root, 1_usize)];
    while let Some((json, depth)) = open.pop() {
        if depth > limit {
            return true;
        }
        let below = depth.saturating_add(1);
        match &json.value {
            Value::Array(elements) => open.extend(elements.iter().map(|element| (element, below))),
            Value::Object(members) => {
                open.extend(members.iter().map(|member| (&member.value, below)));
            }
            _ => {}
        }
    }
    false
}

#[derive(Serialize)]
pub(super) struct SourceShape<'a> {
    name: &'a str,
    byte_range: [usize; 2],
    line: usize,
    #[serde(rename = "where")]
    where_: &'static str,
    name_in: Option<&'a str>,
    repairs: Vec<&'static str>,
}

impl<'a> SourceShape<'a> {
    pub(super) fn new(place: &'a Place) -> Self {
        Self {
            name: &place.name,
            byte_range: pair(&place.byte_range),
            line: place.line,
            where_: place.where_.name(),
            name_in: place.name_in.as_deref(),
            repairs: place.repairs.iter().map(|repair| repair.name()).collect(),
        }
    }
}

#[derive(Serialize)]
struct FaultShape {
    code: &'static str,
    text: String,
    part: &'static str,
    byte_range: [usize; 2],
}

impl FaultShape {
    fn new(fault: &Fault) -> Self {
        Self {
            code: fault.code(),
            text: fault.kind.to_string(),
            part: fault.part.name(),
            byte_range: pair(&fault.range),
        }
    }
}

#[derive(Serialize)]
struct ProfileShape<'a> {
    name: &'static str,
    chosen_by: &'static str,
    why: &'a str,
}

impl<'a> ProfileShape<'a> {
    fn new(profile: &'a Profile) -> Self {
        Self {
            name: profile.name.name(),
            chosen_by: profile.chosen_by.name(),
            why: &profile.why,
        }
    }
}

#[derive(Serialize)]
struct SignatureShape<'a> {
    alg: Option<&'a str>,
    kid: Option<&'a str>,
    header: Option<Exact<'a>>,
    unprotected: Option<Exact<'a>>,
    outcome: &'static str,
    key: Option<UsedKeyShape<'a>>,
    diagnosis: Vec<DiagnosisShape<'a>>,
    facts: Option<FactsShape>,
}

impl<'a> SignatureShape<'a> {
    fn new(proof: &'a SignatureProof, token: &'a Token, entry: usize) -> Self {
        let header = |role| object(token.part_of(entry, role)?.json.as_ref());
        Self {
            alg: proof.alg.as_deref(),
            kid: proof.kid.as_deref(),
            header: header(PartRole::ProtectedHeader),
            unprotected: header(PartRole::UnprotectedHeader),
            outcome: proof.outcome.name(),
            key: proof.key.as_ref().map(UsedKeyShape::new),
            diagnosis: proof.diagnosis.iter().map(DiagnosisShape::new).collect(),
            facts: proof.facts.as_ref().map(FactsShape::new),
        }
    }
}

#[derive(Serialize)]
struct UsedKeyShape<'a> {
    id: &'a str,
    source: &'a str,
    provenance: &'static str,
    read_as: Option<&'static str>,
}

impl<'a> UsedKeyShape<'a> {
    fn new(used: &'a UsedKey) -> Self {
        Self {
            id: &used.key.id,
            source: &used.key.source,
            provenance: used.provenance.name(),
            read_as: used.read_as,
        }
    }
}

#[derive(Serialize)]
struct DiagnosisShape<'a> {
    code: &'static str,
    text: &'a str,
    for_developer: &'a str,
}

impl<'a> DiagnosisShape<'a> {
    fn new(diagnosis: &'a Diagnosis) -> Self {
        Self {
            code: diagnosis.code,
            text: &diagnosis.text,
            for_developer: &diagnosis.for_developer,
        }
    }
}

#[derive(Serialize)]
struct FactsShape {
    signing_input_bytes: usize,
    digest: Option<DigestShape>,
    signature_bytes: usize,
    expected_signature_bytes: Option<usize>,
    digest_in_signature: Option<DigestShape>,
    search_complete: bool,
}

impl FactsShape {
    fn new(facts: &Facts) -> Self {
        let digest = |hash, digest: &[u8]| DigestShape {
            hash,
            hex: hex(digest),
        };
        Self {
            signing_input_bytes: facts.signing_input_bytes,
            digest: facts
                .digest
                .as_ref()
                .map(|(hash, bytes)| digest(hash.label(), bytes)),
            signature_bytes: facts.signature_bytes,
            expected_signature_bytes: facts.expected_signature_bytes,
            digest_in_signature: facts
                .recovered
                .as_ref()
                .map(|recovered| digest(recovered.hash, &recovered.digest)),
            search_complete: facts.is_complete,
        }
    }
}

#[derive(Serialize)]
struct DigestShape {
    hash: &'static str,
    hex: String,
}

#[derive(Serialize)]
struct DecryptionShape<'a> {
    outcome: &'static str,
    alg: Option<&'a str>,
    enc: Option<&'a str>,
    recipient: Option<usize>,
    key: Option<UsedKeyShape<'a>>,
    diagnosis: Vec<DiagnosisShape<'a>>,
}

impl<'a> DecryptionShape<'a> {
    fn new(proof: &'a DecryptionProof) -> Self {
        Self {
            outcome: proof.outcome.name(),
            alg: proof.alg.as_deref(),
            enc: proof.enc.as_deref(),
            recipient: proof
                .recipient
                .filter(|_| proof.outcome == DecryptionOutcome::Decrypted),
            key: proof.key.as_ref().map(UsedKeyShape::new),
            diagnosis: proof.diagnosis.iter().map(DiagnosisShape::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct TimeShape<'a> {
    state: &'static str,
    within_leeway: bool,
    iat: Option<ExactNumber<'a>>,
    nbf: Option<ExactNumber<'a>>,
    exp: Option<ExactNumber<'a>>,
    lifetime_seconds: Option<i64>,
    leeway_seconds: u32,
}

impl<'a> TimeShape<'a> {
    fn new(times: &'a Times) -> Self {
        let written = |claim| times.mark(claim).map(|mark| ExactNumber(&mark.number));
        Self {
            state: times.state.name(),
            within_leeway: times.within_leeway,
            iat: written("iat"),
            nbf: written("nbf"),
            exp: written("exp"),
            lifetime_seconds: times.lifetime_seconds,
            leeway_seconds: times.leeway_seconds,
        }
    }
}

#[derive(Serialize)]
struct CheckShape {
    check: &'static str,
    result: &'static str,
    text: String,
    byte_range: Option<[usize; 2]>,
}

impl CheckShape {
    fn new(check: &Check) -> Self {
        Self {
            check: check.check,
            result: check.result.name(),
            text: format!("{}. {}", check.title, check.text),
            byte_range: check.byte_range.as_ref().map(pair),
        }
    }
}

#[derive(Serialize)]
struct VerdictShape {
    outcome: &'static str,
    reasons: Vec<&'static str>,
}

impl VerdictShape {
    fn new(verdict: &Verdict) -> Self {
        Self {
            outcome: verdict.outcome.name(),
            reasons: verdict.reasons.iter().map(|reason| reason.name()).collect(),
        }
    }
}

#[derive(Serialize)]
struct FindingShape<'a> {
    rule: &'static str,
    severity: &'static str,
    confidence: &'static str,
    title: &'a str,
    detail: &'a str,
    remedy: &'a str,
    references: &'a [&'static str],
    evidence: Vec<EvidenceShape<'a>>,
    dismissed: Option<DismissedShape<'a>>,
}

#[derive(Serialize)]
struct DismissedShape<'a> {
    note: &'a str,
}

impl<'a> FindingShape<'a> {
    fn all(findings: &'a [Finding], about: &About, dismissals: &'a Dismissals) -> Vec<Self> {
        let findings = findings.iter();
        findings
            .map(|finding| Self::new(finding, dismissals.note(about, finding)))
            .collect()
    }

    fn new(finding: &'a Finding, note: Option<&'a str>) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            title: &finding.title,
            detail: &finding.detail,
            remedy: &finding.remedy,
            references: &finding.references,
            evidence: finding.evidence.iter().map(EvidenceShape::new).collect(),
            dismissed: note.map(|note| DismissedShape { note }),
        }
    }
}

#[derive(Serialize)]
struct EvidenceShape<'a> {
    part: &'static str,
    pointer: Option<&'a str>,
    byte_range: [usize; 2],
}

impl<'a> EvidenceShape<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        Self {
            part: evidence.part.name(),
            pointer: evidence.pointer.as_deref(),
            byte_range: pair(&evidence.range),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SummaryShape {
    tokens: usize,
    occurrences: usize,
    accept: usize,
    reject: usize,
    undetermined: usize,
    findings: BySeverity,
    dismissed: usize,
}

impl SummaryShape {
    pub(super) fn new(summary: &Summary) -> Self {
        Self {
            tokens: summary.tokens,
            occurrences: summary.occurrences,
            accept: summary.accept,
            reject: summary.reject,
            undetermined: summary.undetermined,
            findings: BySeverity(summary.clone()),
            dismissed: summary.dismissed,
        }
    }
}

/// The number of findings of each severity, named by it, the worst first.
struct BySeverity(Summary);

impl Serialize for BySeverity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (severity, count) in self.0.findings() {
            map.serialize_entry(severity.name(), &count)?;
        }
        map.end()
    }
}

pub(super) fn pair(range: &Range<usize>) -> [usize; 2] {
    [range.start, range.end]
}
