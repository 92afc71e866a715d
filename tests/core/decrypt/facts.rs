//! Values that are printed in RFCs.

use openssl::sha::sha256;
use tokenloupe::verify::decrypt::KEY_MANAGEMENT;

use super::*;

/// RFC 7516 appendix A.1.
#[test]
fn rfc_7516_appendix_a_1_rsa_oaep() {
    let key = key(
        r#"{"kty":"RSA","n":"oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZmds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2asbOenSZeyaxziK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6XrgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L5StowjzGy-_bq6Gw","e":"AQAB","d":"kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY4-WY5NWV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpTD93Dt62ypW3yDsJzBnTnrYu1iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3kbSCz1XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxVw3rxT_vlt3UVe4WO3JkJOzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL6MG_Uv8YAu7VILSB3lOW085-4qE3DzgrTjgyQ"}"#,
    );
    let jwe = Jwe::compact(
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ",
    );
    let opened = jwe.open(&key).unwrap();
    assert_eq!(
        opened.content_key.as_slice(),
        [
            177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7,
            110, 91, 112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252
        ]
    );
    assert_eq!(
        opened.plaintext.as_slice(),
        b"The true sign of intelligence is not knowledge but imagination."
    );
}

/// RFC 7516 appendix A.2.
#[test]
fn rfc_7516_appendix_a_2_rsa1_5() {
    let key = key(
        r#"{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw","e":"AQAB","d":"VFCWOqXr8nvZNyaaJLXdnNPXZKRaWCjkU5Q2egQQpTBMwhprMzWzpR8Sxq1OPThh_J6MUD8Z35wky9b8eEO0pwNS8xlh1lOFRRBoNqDIKVOku0aZb-rynq8cxjDTLZQ6Fz7jSjR1Klop-YKaUHc9GsEofQqYruPhzSA-QgajZGPbE_0ZaVDJHfyd7UUBUKunFMScbflYAAOYJqVIVwaYR5zWEEceUjNnTNo_CVSj-VvXLO5VZfCUAVLgW4dpf1SrtZjSt34YLsRarSb127reG_DUwg9Ch-KyvjT1SkHgUWRVGcyly7uvVGRSDwsXypdrNinPA4jlhoNdizK2zF2CWQ"}"#,
    );
    let jwe = Jwe::compact(
        "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.UGhIOguC7IuEvf_NPVaXsGMoLOmwvc1GyqlIKOK1nN94nHPoltGRhWhw7Zx0-kFm1NJn8LE9XShH59_i8J0PH5ZZyNfGy2xGdULU7sHNF6Gp2vPLgNZ__deLKxGHZ7PcHALUzoOegEI-8E66jX2E4zyJKx-YxzZIItRzC5hlRirb6Y5Cl_p-ko3YvkkysZIFNPccxRU7qve1WYPxqbb2Yw8kZqa2rMWI5ng8OtvzlV7elprCbuPhcCdZ6XDP0_F8rkXds2vE4X-ncOIM8hAYHHi29NX0mcKiRaD0-D-ljQTP-cFPgwCp6X-nZZd9OHBv-B3oWh2TbqmScqXMR4gp_A.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.9hH0vgRfYgPnAHOd8stkvw",
    );
    let opened = jwe.open(&key).unwrap();
    assert_eq!(opened.content_key.as_slice(), CONTENT_KEY_OF_A_2_AND_A_3);
    assert_eq!(opened.plaintext.as_slice(), b"Live long and prosper.");
}

const CONTENT_KEY_OF_A_2_AND_A_3: [u8; 32] = [
    4, 211, 31, 197, 84, 157, 252, 254, 11, 100, 157, 250, 63, 170, 106, 206, 107, 124, 212, 45,
    111, 107, 9, 219, 200, 177, 0, 240, 143, 156, 44, 207,
];

/// RFC 7516 appendix A.3, and A.4 for the same recipient of the general form.
#[test]
fn rfc_7516_appendices_a_3_and_a_4_key_wrap() {
    let key = key(r#"{"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"}"#);
    let compact = Jwe::compact(
        "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ",
    );
    let flattened = serde_json::json!({
        "protected": "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
        "unprotected": {"jku": "https://server.example.com/keys.jwks"},
        "header": {"alg": "A128KW", "kid": "7"},
        "encrypted_key": "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ",
        "iv": "AxY8DCtDaGlsbGljb3RoZQ",
        "ciphertext": "KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY",
        "tag": "Mz-VPPyU4RlcuYv1IwIvzw",
    });
    for jwe in [compact, Jwe::json(&flattened).remove(0)] {
        let opened = jwe.open(&key).unwrap();
        assert_eq!(opened.content_key.as_slice(), CONTENT_KEY_OF_A_2_AND_A_3);
        assert_eq!(opened.plaintext.as_slice(), b"Live long and prosper.");
    }
}

/// RFC 7518 appendices B.1, B.2 and B.3: the printed tags cover ciphertexts, which OpenSSL makes here.
#[test]
fn rfc_7518_appendix_b_cbc_with_hmac() {
    let plaintext = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience";
    let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
    for (enc, aes, bytes, tag) in [
        (
            "A128CBC-HS256",
            Aes::A128,
            32,
            "652c3fa36b0a7c5b3219fab3a30bc1c4",
        ),
        (
            "A192CBC-HS384",
            Aes::A192,
            48,
            "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7",
        ),
        (
            "A256CBC-HS512",
            Aes::A256,
            64,
            "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
        ),
    ] {
        let content_key: Vec<u8> = (0..bytes).collect();
        let (_, half) = content_key.split_at(content_key.len() / 2);
        let ciphertext = encrypt(cbc(aes), half, Some(&iv), plaintext).unwrap();
        let jwe = Jwe {
            header: format!(r#"{{"alg":"dir","enc":"{enc}"}}"#),
            encrypted_key: Vec::new(),
            iv: iv.clone(),
            ciphertext,
            tag: hex(tag),
            additional_data: b"The second principle of Auguste Kerckhoffs".to_vec(),
        };
        let opened = jwe.open(&secret(&content_key)).unwrap();
        assert_eq!(opened.plaintext.as_slice(), plaintext);
    }
}

/// RFC 7518 appendix C.
#[test]
fn rfc_7518_appendix_c_key_agreement() {
    let bob = key(
        r#"{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck","d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"}"#,
    );
    let header = r#"{"alg":"ECDH-ES","enc":"A128GCM","apu":"QWxpY2U","apv":"Qm9i","epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}}"#;
    let derived = decode("VqqN6vgjbSBcIijNcacQGg").bytes.to_vec();
    let opened = Jwe::made(header, &[], &derived, b"message")
        .open(&bob)
        .unwrap();
    assert_eq!(*opened.content_key, derived);
    assert_eq!(opened.plaintext.as_slice(), b"message");
}

/// RFC 8037 appendices A.6 and A.7 print the agreed secret; the derivation of RFC 7518 section 4.6.2 is written out here.
#[test]
fn rfc_8037_appendices_a_6_and_a_7_key_agreement() {
    for (crv, alg, x, d, ephemeral, agreed) in [
        (
            "X25519",
            "ECDH-ES+A128KW",
            "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08".to_owned(),
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        ),
        (
            "X448",
            "ECDH-ES+A256KW",
            encode(&hex(
                "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
            )),
            "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
            "mwj3zDG34-Z9ItWuoSEHSic70rg94Jxj-qc9LCLF2bvINmRyQdlT1AxbEtqIEg1TF3-A5TLEH6A",
            "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d",
        ),
    ] {
        let d = encode(&hex(d));
        let bob = key(&format!(
            r#"{{"kty":"OKP","crv":"{crv}","x":"{x}","d":"{d}"}}"#
        ));
        let header = format!(
            r#"{{"alg":"{alg}","epk":{{"kty":"OKP","crv":"{crv}","x":"{ephemeral}"}},"enc":"A128GCM","kid":"Bob"}}"#
        );
        let wrapping_bytes = if crv == "X448" { 32 } else { 16 };
        let mut fields = 1_u32.to_be_bytes().to_vec();
        fields.extend_from_slice(&hex(agreed));
        fields.extend_from_slice(&(alg.len() as u32).to_be_bytes());
        fields.extend_from_slice(alg.as_bytes());
        fields.extend_from_slice(&[0; 8]);
        fields.extend_from_slice(&(wrapping_bytes * 8_u32).to_be_bytes());
        let wrapping = &sha256(&fields)[..wrapping_bytes as usize];
        let content_key = [0x42; 16];
        let mut wrapped = [0; 24];
        let schedule = openssl::aes::AesKey::new_encrypt(wrapping).unwrap();
        openssl::aes::wrap_key(&schedule, None, &mut wrapped, &content_key).unwrap();
        let opened = Jwe::made(&header, &wrapped, &content_key, b"message").open(&bob);
        let opened = opened.unwrap();
        assert_eq!(opened.content_key.as_slice(), content_key);
        assert_eq!(opened.plaintext.as_slice(), b"message");
    }
}

/// Issue and standard name them; none may be missing.
#[test]
fn every_family_is_in_the_table() {
    let names: Vec<&str> = KEY_MANAGEMENT
        .iter()
        .map(|algorithm| algorithm.name)
        .collect();
    for name in "RSA1_5 RSA-OAEP RSA-OAEP-256 RSA-OAEP-384 RSA-OAEP-512 A128KW A192KW A256KW A128GCMKW A192GCMKW A256GCMKW dir ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW".split(' ') {
        assert!(names.contains(&name), "{name}");
    }
}
