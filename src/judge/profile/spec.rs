//! What is known of a kind of token, as data: how it is recognised, what it must and must not have, and what is usual with it.

/// One form of a kind of token. Most kinds have one form; others differ in what they must have, as the access and the ID
/// tokens of one vendor do.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::judge) struct Spec {
    /// What it is, with its article, in the middle of a sentence: "an access token".
    pub(in crate::judge) phrase: &'static str,
    /// Where it is specified.
    pub(in crate::judge) reference: &'static str,
    /// The explicit types that name it, short and in lower case.
    pub(in crate::judge) types: &'static [&'static str],
    /// Whether it must be typed.
    pub(in crate::judge) typing: Typing,
    /// What it is recognised by, where no explicit type names it.
    pub(in crate::judge) clues: &'static [Clue],
    /// What it must and should have.
    pub(in crate::judge) required: &'static [Requirement],
    /// What it must not and should not have.
    pub(in crate::judge) forbidden: &'static [Ban],
    /// Registered claims that it does without, so that their absence says nothing.
    pub(in crate::judge) without: &'static [&'static str],
    /// How long it may live.
    pub(in crate::judge) life: Life,
    /// What else sets it apart from other tokens.
    pub(in crate::judge) traits: &'static [Trait],
    /// When an untyped token passes as one; `None`: never, or its own claims settle it.
    pub(in crate::judge) likeness: Option<Likeness>,
}

impl Spec {
    /// Nothing known: what a form is written as the difference to.
    pub(in crate::judge) const BLANK: Self = Self {
        phrase: "a token",
        reference: "RFC 7519",
        types: &[],
        typing: Typing::Open,
        clues: &[],
        required: &[],
        forbidden: &[],
        without: &[],
        life: Life::Usual,
        traits: &[],
        likeness: None,
    };

    /// Whether it has this trait.
    pub(in crate::judge) fn has(&self, wanted: Trait) -> bool {
        self.traits.contains(&wanted)
    }

    /// Whether it must or should have this claim.
    pub(in crate::judge) fn requires_claim(&self, name: &str) -> bool {
        self.required.iter().any(|requirement| {
            requirement.place == Place::Claims
                && requirement.when.is_empty()
                && requirement.names == [name]
        })
    }
}

/// What a kind of token says of `typ` (RFC 7515 section 4.1.9, RFC 8725 section 3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Typing {
    /// There is no explicit type for it: `JWT` or nothing, and any other type is another kind's.
    Untyped,
    /// Whatever its issuer writes, but for the explicit type of another kind.
    Open,
    /// It should have one of its explicit types; `JWT` or nothing is legal.
    Recommended,
    /// It must have one of its explicit types.
    Required,
}

/// What a kind is recognised by: claims, and facts beside them.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::judge) struct Clue {
    /// Claims that are all there.
    pub(in crate::judge) all: &'static [&'static str],
    /// Claims of which at least one is there; empty: no matter. Those that are there begin the reason.
    pub(in crate::judge) any: &'static [&'static str],
    /// Claims of which none is there.
    pub(in crate::judge) none: &'static [&'static str],
    /// What else holds.
    pub(in crate::judge) facts: &'static [Fact],
    /// How sure that makes, in percent.
    pub(in crate::judge) confidence: u8,
    /// The reason in words; after the claims of `any` that are there.
    pub(in crate::judge) words: &'static str,
}

impl Clue {
    /// Nothing asked.
    pub(in crate::judge) const BLANK: Self = Self {
        all: &[],
        any: &[],
        none: &[],
        facts: &[],
        confidence: 0,
        words: "",
    };
}

/// Something that holds of a token or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Fact {
    /// The header has so many certificates in `x5c`.
    Certificates(usize),
    /// A claim is there.
    Claim(&'static str),
    /// Two claims are texts, and differ.
    Different(&'static str, &'static str),
    /// A claim is a text that ends so.
    Ends(&'static str, &'static str),
    /// A header parameter is this text.
    HeaderIs(&'static str, &'static str),
    /// A claim is an object with this member.
    Holds(&'static str, &'static str),
    /// A claim is an object with a member whose name begins so.
    HoldsFrom(&'static str, &'static str),
    /// A claim is this text.
    Is(&'static str, &'static str),
    /// A claim is not there.
    Lacks(&'static str),
    /// A claim is this text, or a list that holds it.
    Lists(&'static str, &'static str),
    /// `exp` is at most so many seconds after `iat`.
    Lives(i64),
    /// A claim is an object.
    Object(&'static str),
    /// Two claims are the same text.
    Same(&'static str, &'static str),
    /// It is an SD-JWT: a tilde ends it, or disclosures stand beside it.
    SdJwt,
    /// `aud` is a list of more than one.
    SeveralAudiences,
    /// A claim is a text that begins so.
    Starts(&'static str, &'static str),
    /// The audience is one URL, and that of a token endpoint.
    TokenEndpoint,
    /// The issuer's name has the form of this vendor's.
    Vendor(&'static str),
}

/// Where something is required or forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Place {
    /// A claim.
    Claims,
    /// A header parameter.
    Header,
}

/// How strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Level {
    /// MUST, MUST NOT.
    Must,
    /// SHOULD, SHOULD NOT; or what a vendor always does.
    Should,
}

/// Something that a token must or should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) struct Requirement {
    /// Where.
    pub(in crate::judge) place: Place,
    /// The name; of several names one is enough.
    pub(in crate::judge) names: &'static [&'static str],
    /// How strictly.
    pub(in crate::judge) level: Level,
    /// What its value must be.
    pub(in crate::judge) form: Form,
    /// When it is asked for; empty: always.
    pub(in crate::judge) when: &'static [Fact],
    /// What else to say where it is missing.
    pub(in crate::judge) note: &'static str,
}

impl Requirement {
    /// A claim that must be there.
    pub(in crate::judge) const fn claim(names: &'static [&'static str]) -> Self {
        Self {
            place: Place::Claims,
            names,
            level: Level::Must,
            form: Form::Any,
            when: &[],
            note: "",
        }
    }

    /// A header parameter that must be there.
    pub(in crate::judge) const fn header(names: &'static [&'static str]) -> Self {
        Self {
            place: Place::Header,
            ..Self::claim(names)
        }
    }

    /// The same, no more than recommended.
    pub(in crate::judge) const fn recommended(self) -> Self {
        Self {
            level: Level::Should,
            ..self
        }
    }

    /// The same with a value of this form.
    pub(in crate::judge) const fn formed(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// The same where all of this holds.
    pub(in crate::judge) const fn when(self, when: &'static [Fact]) -> Self {
        Self { when, ..self }
    }

    /// The same with more to say.
    pub(in crate::judge) const fn noting(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// What a required value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Form {
    /// Anything.
    Any,
    /// The name of an algorithm with a key pair.
    AsymmetricAlg,
    /// An object in which this member is a boolean.
    BooleanIn(&'static str),
    /// A JWK Set, each key with a `kid` of its own.
    KeySet,
    /// A list that is not empty.
    List,
    /// The same text as the value that stands on this way in the claims, as far as there is one.
    Mirror(&'static [&'static str]),
    /// An object.
    Object,
    /// An object in which this member is an object.
    ObjectIn(&'static str),
    /// Alone: no other of the names beside it.
    OnlyOne,
    /// One text, and no list.
    Text,
    /// A list that holds this text.
    Listing(&'static str),
    /// A `status_list` (Token Status List): `bits` of 1, 2, 4 or 8, and `lst` a text.
    StatusList,
    /// A text without `?` and `#`.
    UrlAlone,
}

/// Something that a token must not or should not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) struct Ban {
    /// Where.
    pub(in crate::judge) place: Place,
    /// The name.
    pub(in crate::judge) name: &'static str,
    /// Members of its value that are meant; empty: the value itself.
    pub(in crate::judge) inside: &'static [&'static str],
    /// How strictly.
    pub(in crate::judge) level: Level,
    /// When; empty: always.
    pub(in crate::judge) when: &'static [Fact],
    /// Why.
    pub(in crate::judge) why: &'static str,
}

impl Ban {
    /// A claim that must not be there.
    pub(in crate::judge) const fn claim(name: &'static str, why: &'static str) -> Self {
        Self {
            place: Place::Claims,
            name,
            inside: &[],
            level: Level::Must,
            when: &[],
            why,
        }
    }

    /// A header parameter that must not be there.
    pub(in crate::judge) const fn header(name: &'static str, why: &'static str) -> Self {
        Self {
            place: Place::Header,
            ..Self::claim(name, why)
        }
    }

    /// The same, no more than discouraged.
    pub(in crate::judge) const fn discouraged(self) -> Self {
        Self {
            level: Level::Should,
            ..self
        }
    }

    /// The same where all of this holds.
    pub(in crate::judge) const fn when(self, when: &'static [Fact]) -> Self {
        Self { when, ..self }
    }

    /// These members of it.
    pub(in crate::judge) const fn inside(self, inside: &'static [&'static str]) -> Self {
        Self { inside, ..self }
    }
}

/// How long a token may live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Life {
    /// Like any token.
    Usual,
    /// So many seconds.
    UpTo(i64),
    /// As long as what it says, or not by `exp`.
    Unlimited,
    /// Long by its maker's design, which is said in these words.
    ByDesign(&'static str),
    /// `exp` is stretched on purpose; the life that is meant ends at this member of this claim, a NumericDate.
    MeantUntil(&'static str, &'static str),
}

/// What else sets a kind of token apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Trait {
    /// To say something about a person is what it is for.
    AboutPerson,
    /// It opens services to its bearer.
    Access,
    /// It is bound to nothing, and nothing but its secret ends it.
    BoundToNothing,
    /// It brings a key that something else vouches for.
    BringsKey,
    /// Its issuer is known by its certificate chain.
    BuiltOnChain,
    /// Nobody but an emulator makes it without signature, and without `kid`.
    Emulated,
    /// It brings the key that it proves the possession of: that key is the holder's own.
    HoldersOwnKey,
    /// It travels in bodies, never in a header or a cookie.
    InBodies,
    /// It is the key of a whole project, and no person's.
    KeyOfProject,
    /// Its times count milliseconds.
    Milliseconds,
    /// Where its header has a `nonce`, it was sent with another header than the signed one.
    SentWithOtherHeader,
    /// Its issuer names certificates by SHA-1, always.
    Sha1Thumbprints,
    /// It tells a client who signed in.
    SignsIn,
    /// It is sent once, and one that comes again is somebody else's.
    UsedOnce,
}

/// When an untyped token passes as a kind: it has what that kind must have, nothing that it must not, and this holds.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::judge) struct Likeness {
    /// What else holds.
    pub(in crate::judge) facts: &'static [Fact],
    /// Claims that no other kind has: one of them settles it.
    pub(in crate::judge) own: &'static [&'static str],
    /// What settles it too, if all of it holds.
    pub(in crate::judge) settled: &'static [Fact],
}
