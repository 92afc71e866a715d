//! ML-DSA signatures (RFC 9964), through the whole way.

use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{KeyRing, MlDsa};
use tokenloupe::verify::Family;
use tokenloupe::verify::algorithm::ALGORITHMS;

use crate::common::{ring, say};
use crate::way::{message, of_seed, outcome, report, verdict};

/// The example of RFC 9964 for ML-DSA-44, signed with the key of a seed of zeros.
const EXAMPLE: &str = "eyJhbGciOiJNTC1EU0EtNDQiLCJraWQiOiJUNHhsNzBTN01UNlplcTZyOVY5ZlBKR1ZuNzZ3Zm5YSjIxLWd5bzBHdTZvIn0.\
SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4.\
knI1Q_9CIzLH5Xy94Kkc7WVKqZcAgtJ3mNf0GUj1uLA6YXAWFJfXkh-zQxUtEl3UIC7zPCiUwKTDR6ZsuUmFj8Ctb_6aH64hElN7weS_1m5okCy8GqHNL2lsfclCH3Y2f4QNP-\
DLVS1XsuboDA7Dw3ir2IdYKIfWJyIU7ROHgd24nuun1zJbxcLJC2EKt2M8R0wZudcIE9nm5oPzYXq0z-hPsKoXp9leVYkqgMmO9Lo8SP_1YYIEth3B8v-GuP249KDTFRKPjISmK4aPCknjtjihHsQV\
v2XePXxKExatHl4qhsiiW-y-EJXa1Kfw4WYpLA7B4_5Ids--cIJmIx7f6xxAWKh5qoBWq1QIOaaFuzsAraRW3NOEuzThew1En85gI3GcRTZGp-VDGyxHm0Al04cyWo2bxAVOF0fbDc265iP2mCNw6Qg10\
jIJeAhGB4OAMYcBUWJAG0l1MN1U_koEmGh5dXKnQTRl461ea_Cq3DLkcA2Dj2woWUFyDTmQ8oO_yheASfJacyRm7_suj88z5XFNo8F53P8OxTG9xUPlrwvH-TAq7AH3NU4SNXApyVKTU3zhx1tJ34nlTI\
LcTujXVJVo_f0DZfUxr6JSCYqvy4z1Kl0wDQzd55aopyFtQxvOPhcCHbAN34g2Ug750Jm835fl7NOxcqoMbuTcgH68kr37M-Pdh2K9WazXUJgCupgdIWW8WjfOjmTiF59CrVtfVtK2qDzF40OENCfqtNP\
QlZe5cN5p0P8arj4USB8HCPh7NdqQBAeWrw0wsYhdiM39lrSkA8mLRYMhZnqKGCTPCrHXDdEjRKYRNaqIUT44laYl5c27K0v-ozjKPu6tzEhkYSC4XZ3LehEFtmAzOE0mHbhKMgXqjoPJjOrGIPibX3jw\
K8_Q5RmMOXtXo8R3vXfBaUdQoLeeyywNYE0nIcsl4z5a8_utwEFiVf0VK2pdviyiOPVSi3zOMAmqz6gFhVy8aMMQOWZAEAuTyDw7ZWG6diwptmrgSXZotW63I19S2ZH7keCXRIq_pFLuYhOuG6dD4Mkou\
ILRdC9bXZMLrNDq7COpUOO86aQVlYd0pR935WpUw-V6obSRnHlRFZSmUSIB7h1Q0ImciRzojN93Xhw7qpzGzdzDEO3OOTayXaSG_0YHQyy-eH4hBbmgt_LBx120g1eY4XHeHFRfTfetHkL5ZZusX1jQ_n\
k9ez4XBG_6hRtTNSuVBsYlH8-KUuR5-qTP8dkvRf8Wk2hHoUr2sz5YO_xDFCMMTrt8ahiMyfjo5ih5Fwo3riFbFUGKibniTLXspFd4spcNK_WchlZLRgkPK4jh6Z_X8JJkHxvQhpyouHQFyGxgBrl24x-\
_EB1zbWMhJthmm8DiKt-nzKaJz8Cju1-HwCpg76CRqRsEz2hyKEpbb4M5KQSj3AsENCroVmQ5QIv3K2XNRkve4vjBmP6sV2b6GSY_UeRvPElA7SUgBGTKbn-c0aYhBuB8plPhRTBa55_cFqAmNmavF1-f\
dMktJuIaH2f-K0zZCzbHw54998T7kIWgyMsyGCAvynEB_khOqwT7tCjg5HQ8SIjdnRYW0kjZfjt5LJbGA-PnRo8gPVQVGeYDP2vsSXhNJY94AitKCY1srcSsuYDrhNBKrnoJ1uEsMPVHsgFw_ZHMyAEaV\
QughSNW4fm8q6_1Nv4zLutDITzmAL6a6i6-WS6QRIs_4VUtwr5cXXIFDDeHVWeGcNivQ6W9urEUP4crguiq7z_DTiYaGfUksub-T7mw0zU8ZoOSd5pUTpJLv-IYIUAl6CscHvunnRLEKqpW1Sa1dcFZs5\
VP4AfR3mg7wX4Vlq1AHnpFxE2L1LZiKoTc9jDEOvTDkxr86gMkwMm6RdyPF_q48AVJ1br8Qp88-4B84X52zZ5cw-IJYe-HiVJ29LpeYm340_rWivpy-UB5i9TKlMrxf94y1okzZTPbP3_v1_XX0nE7RTL\
z98EA96euJ7l3EpbEqks7mh6i1FJNnvvlM_u29sYobJ6PUT-i1VlQnF_JBARKEz74pBXm1l5Y5Lo15rsIlaQHinUBCO8fHCHI59LAfKusN4JmodDqLYwkWijEL_sfrC6LtrbXqpM1pw09zSrs_tS1RQ-L\
nWHuPrU5KLCzv53JKrh8lU_cdBowe_F-Ib_Ui4bQ2FME-0mnyG0XijHUsrGMZ9dfowvIkr83JpqwlFOZAwMmSGPNPEJRw9kDshjotndUB5S1UCfv_U4IoVn7WgvxeCS-BBxqyWfh7YTdf73EnmGwVYxVj\
lXaHCeeTZmUacnT4MQUAcbFjTq6BBlboAQGWP2FZWpd6HNnruv744VeWmfgLk9z5567wFhwuXMkmE2xvDo4wP80xutjUfsePx5YkLxhY1XsWqTZr19tInxJWWq8RLZsWPmtq5wZ5ucBMasCLpOABenYZd\
SAcQNhC73wLS0Z2s1HQhBoIl7lr1p372LZs_Seu1u_8Fo7DoJqRpKaNoc2_JUMmn7TUZS8zLyzxgeq8R8iNbRP20DwDBNXocsTDBKaQrtB-QiEPySQtJa4G61XeNZyh5aGzfoWZ9OmjZG9pbbehcqwIrt\
-ESjPyeT6sfSrvOfTZr7fBXwpUs2rS4BrlNse5g_h8CQiik8aaOTOEPkXiyg4s5DewRlgDZHS-3g-YXPUIBNO62_HxknkMpkJvKW-tkvDbgtxvy4nG80ul6W_KeRsoEKDTRYNKZWxXjZITNa0h6agnwNC\
JKEbFg3Qhre394c0i60mfP9YIgKTXrCX3Yt2eX-6mPzYmLbSbV5jH69v6WZqYV2WAj-9DU0diR4hOfYQaJnBZhTtKb-SQsYiFuN1BDJ3v9eM9K8hq91NBdCHVa-Thk9Dov-JkcTZnZGRRyW5yXHUV4NOE\
ltBXh8GkjjDvs5Yo3u-2rPCXjK1aGPSI1W8BaUJLQY5sbfAVCAuUHBv-Vlh5Qamt-lgeKguhqTSuy-tjabOb5kiBOG7xGQt3z-XYXtnWFDCii-5h11XfZsQ-xQxy8gSfdMz4hDK9Nw_VQt6fzWiQY0Th_\
dHzVki0MUfVfsDUjgblhD6j0wgbs3zdj-GM3rtt8oit0wXx11bIOaOKgf07tP0wimVXMRqRWe7LCUAKTE5PkRKU1x_h4iusrzi5uwKDhc4SmRwm6KssNrmCAkiNDZCREVKd3yMnrjA4PAGDzdKWVplcHJ\
6jKmrsbrEztHd9QAAAAAAAAAAAAAAABIfMEQ";

const SETS: [MlDsa; 3] = [MlDsa::MlDsa44, MlDsa::MlDsa65, MlDsa::MlDsa87];

fn public_jwk(set: MlDsa, key: &PKey<Private>) -> KeyRing {
    let octets = encode(&key.raw_public_key().unwrap());
    ring(&format!(
        r#"{{"kty":"AKP","alg":"{}","pub":"{octets}"}}"#,
        set.name()
    ))
}

fn signed(set: MlDsa, key: &PKey<Private>, payload: &[u8]) -> String {
    let header = format!(r#"{{"alg":"{}"}}"#, set.name());
    let input = format!("{}.{}", encode(header.as_bytes()), encode(payload));
    let mut signer = Signer::new_without_digest(key).unwrap();
    let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
    assert_eq!(signature.len(), set.signature_bytes());
    format!("{input}.{}", encode(&signature))
}

/// Whether this OpenSSL can do it; what it cannot do is unsupported, and no test goes on.
fn is_available() -> bool {
    if MlDsa::is_available() {
        return true;
    }
    let report = report(EXAMPLE, &KeyRing::default(), &message());
    assert_eq!(outcome(&report), "unsupported");
    say("skipped: this OpenSSL has no ML-DSA");
    false
}

#[test]
fn rfc_9964_the_example_verifies() {
    if !is_available() {
        return;
    }
    let ring = public_jwk(MlDsa::MlDsa44, &of_seed(MlDsa::MlDsa44, [0; 32]));
    let report = report(EXAMPLE, &ring, &message());
    assert_eq!(outcome(&report), "valid");
    assert_eq!(verdict(&report), ("accept", vec![]));
    assert_eq!(report["signatures"][0]["key"]["provenance"], "yours");
}

#[test]
fn each_set_verifies_its_own_signatures_and_no_others() {
    if !is_available() {
        return;
    }
    for set in SETS {
        let [own, other] = [[7; 32], [8; 32]].map(|seed| of_seed(set, seed));
        let rings = [&own, &other].map(|key| public_jwk(set, key));
        let token = signed(set, &own, b"message");
        let case = set.name();
        let [own_report, other_report] = rings
            .each_ref()
            .map(|ring| report(&token, ring, &message()));
        assert_eq!(outcome(&own_report), "valid", "{case}");
        assert_eq!(outcome(&other_report), "invalid", "{case}");
        // Any change is seen, and so is a wrong length.
        let (input, signature) = token.rsplit_once('.').unwrap();
        let turned = |text: &str| format!("{}{}", &text[4..], &text[..4]);
        for bad in [
            format!("{}.{signature}", input.replace("bWVzc2FnZQ", "bWVzc2FnZR")),
            format!("{input}.{}", turned(signature)),
            format!("{input}.{}", &signature[4..]),
            format!("{input}.{signature}AAAA"),
        ] {
            assert_eq!(
                outcome(&report(&bad, &rings[0], &message())),
                "invalid",
                "{case}"
            );
        }
        // Of the wrong set the key does not fit.
        for another in SETS.into_iter().filter(|another| *another != set) {
            let ring = public_jwk(another, &of_seed(another, [7; 32]));
            assert_eq!(
                outcome(&report(&token, &ring, &message())),
                "not-checked",
                "{case}"
            );
        }
    }
}

#[test]
fn every_set_has_an_algorithm() {
    for set in SETS {
        assert!(ALGORITHMS.iter().any(
            |algorithm| algorithm.name == set.name() && algorithm.family == Family::MlDsa(set)
        ));
    }
}
