//! What two ECDSA signatures of one key with one nonce give away: the key (RFC 6979 section 1, SP 800-186).
//!
//! The key is computed to prove that it is lost, and wiped at once; what is told is its RFC 7638 thumbprint.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcGroup, EcPoint};
use openssl::error::ErrorStack;

use super::algorithm::{Algorithm, Family, find};
use super::remembered::Remembered;
use crate::jose::json;
use crate::jose::{PartRole, Token, base64url};
use crate::keys::{Curve, from_jwk, nid};

/// Results that are kept.
const MOST_PAIRS: usize = 10_000;

/// An ECDSA signature taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EcdsaSignature {
    /// The registered name of its algorithm.
    pub alg: &'static str,
    /// R, big-endian, as long as a coordinate of the curve.
    pub r: Vec<u8>,
    /// S, like R.
    pub s: Vec<u8>,
    /// The digest of what it covers.
    pub digest: Vec<u8>,
}

impl EcdsaSignature {
    /// That of a token with one signature, as each of [`Token::views`] is; `None` where it has another algorithm or another
    /// shape, or no payload.
    pub fn of(token: &Token) -> Option<Self> {
        let Algorithm { name, family } = find(token.parameter("alg")?.str()?)?;
        let Family::Ecdsa(curve, hash) = family else {
            return None;
        };
        let signature = token.part(PartRole::Signature)?.bytes();
        let (r, s) = signature.split_at_checked(curve.coordinate_bytes())?;
        // Zeros are no number of a signature: damaged ones would have them in common.
        let is_number = |half: &[u8]| half.iter().any(|byte| *byte != 0);
        (s.len() == r.len() && is_number(r) && is_number(s)).then_some(())?;
        Some(Self {
            alg: name,
            r: r.to_vec(),
            s: s.to_vec(),
            digest: hash.of(token.signing_input()?.as_bytes()),
        })
    }

    /// Whether both were made with one nonce over different content, as far as that shows.
    pub fn shares_nonce(&self, other: &Self) -> bool {
        self.alg == other.alg && self.r == other.r && self.digest != other.digest
    }
}

/// The RFC 7638 thumbprint of the key that two signatures give away. `None` where they do not: they are of two keys, or one of
/// them is none that anybody made, such as the signature of a token whose content was changed.
pub fn lost_key(one: &EcdsaSignature, other: &EcdsaSignature) -> Option<String> {
    static KNOWN: Remembered<[EcdsaSignature; 2], Option<String>> = Remembered::new(MOST_PAIRS);
    if !one.shares_nonce(other) {
        return None;
    }
    let mut pair = [one.clone(), other.clone()];
    pair.sort_unstable_by(|a, b| (&a.digest, &a.s).cmp(&(&b.digest, &b.s)));
    KNOWN.get(pair, |[one, other]| Some(solve(one, other).ok().flatten()))?
}

fn solve(one: &EcdsaSignature, other: &EcdsaSignature) -> Result<Option<String>, ErrorStack> {
    let Some(Family::Ecdsa(curve, _)) = find(one.alg).map(|algorithm| algorithm.family) else {
        return Ok(None);
    };
    let mut context = BigNumContext::new()?;
    let group = EcGroup::from_curve_name(nid(curve))?;
    let mut order = BigNum::new()?;
    group.order(&mut order, &mut context)?;
    let numbers = Numbers {
        order: &order,
        r: BigNum::from_slice(&one.r)?,
        s: [BigNum::from_slice(&one.s)?, BigNum::from_slice(&other.s)?],
        // No digest of these algorithms is longer than the order of its curve.
        z: [
            BigNum::from_slice(&one.digest)?,
            BigNum::from_slice(&other.digest)?,
        ],
    };
    // A point and its opposite have the same R: the second nonce may be the first one's negative.
    for is_opposite in [false, true] {
        let Some(mut key) = numbers.key(is_opposite, &mut context)? else {
            continue;
        };
        let public = public(curve, &group, &key, &mut context);
        key.clear();
        let public = public?;
        let document = json::read(public.as_bytes());
        let public = document.root.map(|jwk| from_jwk(&jwk, "", 1));
        let Some(public) = public.filter(crate::keys::Key::is_usable) else {
            continue;
        };
        let verifies = |signature: &EcdsaSignature| {
            let key = public.public()?.ec_key().ok()?;
            let numbers = BigNum::from_slice(&signature.r)
                .and_then(|r| Ok((r, BigNum::from_slice(&signature.s)?)));
            let (r, s) = numbers.ok()?;
            let signed = openssl::ecdsa::EcdsaSig::from_private_components(r, s).ok()?;
            signed.verify(&signature.digest, &key).ok()
        };
        if [one, other]
            .iter()
            .all(|signature| verifies(signature) == Some(true))
        {
            return Ok(public.thumbprint);
        }
    }
    Ok(None)
}

/// Two signatures as numbers: `s * k = z + r * d`, twice.
struct Numbers<'a> {
    order: &'a BigNumRef,
    r: BigNum,
    s: [BigNum; 2],
    z: [BigNum; 2],
}

impl Numbers<'_> {
    /// `k = (z1 - z2) / (s1 -+ s2)` and `d = (s1 * k - z1) / r`, where the divisions are possible and the key is one.
    fn key(
        &self,
        is_opposite: bool,
        context: &mut BigNumContext,
    ) -> Result<Option<BigNum>, ErrorStack> {
        let order = self.order;
        let [s1, s2] = &self.s;
        let [z1, z2] = &self.z;
        let (mut above, mut below) = (BigNum::new()?, BigNum::new()?);
        above.mod_sub(z1, z2, order, context)?;
        if is_opposite {
            below.mod_add(s1, s2, order, context)?;
        } else {
            below.mod_sub(s1, s2, order, context)?;
        }
        let (mut inverse, mut nonce, mut product, mut key) = (
            BigNum::new()?,
            BigNum::new()?,
            BigNum::new()?,
            BigNum::new()?,
        );
        if below.num_bits() == 0 || inverse.mod_inverse(&below, order, context).is_err() {
            return Ok(None);
        }
        nonce.mod_mul(&above, &inverse, order, context)?;
        product.mod_mul(s1, &nonce, order, context)?;
        below.mod_sub(&product, z1, order, context)?;
        nonce.clear();
        product.clear();
        if inverse.mod_inverse(&self.r, order, context).is_err() {
            return Ok(None);
        }
        key.mod_mul(&below, &inverse, order, context)?;
        below.clear();
        Ok((key.num_bits() > 0).then_some(key))
    }
}

/// The public half of a key, as a JWK.
fn public(
    curve: Curve,
    group: &EcGroup,
    key: &BigNumRef,
    context: &mut BigNumContext,
) -> Result<String, ErrorStack> {
    let mut point = EcPoint::new(group)?;
    point.mul_generator2(group, key, context)?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    point.affine_coordinates(group, &mut x, &mut y, context)?;
    let length = i32::try_from(curve.coordinate_bytes()).unwrap_or(i32::MAX);
    let text = |number: &BigNum| Ok(base64url::encode(&number.to_vec_padded(length)?));
    Ok(format!(
        r#"{{"kty":"EC","crv":"{}","x":"{}","y":"{}"}}"#,
        curve.name(),
        text(&x)?,
        text(&y)?
    ))
}
