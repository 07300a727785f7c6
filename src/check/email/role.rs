//! Addresses that belong to a role.

/// Local parts that name a role, in the languages of the messages: by their first letter, the rest of each.
const ROLES: [&str; 26] = [
    "buse ccounting ccounts dmin dministration dministrator nfrage nfragen ssistenz",
    "estellung estellungen ewerbung ewerbungen illing iuro ooking ookings uchhaltung uchung uero ureau",
    "areer areers lientes omercial ommercial ompliance ompras omptabilite ontabilidad ontabilidade ontabilita ontact ontacto ontactus ontato ontatti ontatto ustomercare ustomerservice",
    "atenschutz evnull irection po",
    "inkauf mail mpfang nquiries nquiry vents",
    "acturacion aktura eedback inance tp",
    "eral eschaeftsfuehrung",
    "allo andel ello elp elpdesk ilfe ola ostmaster r",
    "nfo nformacion nformacje nformatie nformation nformazioni nkoop nquiries nquiry nvoice nvoices t",
    "obs",
    "arriere lantenservice ontakt undenservice",
    "egal",
    "ail ailbox ailer-daemon arketing edia oin",
    "ewsletter o-reply oc oreply",
    "ffice rdenes rder rders",
    "ayroll ersonal ersoneelszaken ostmaster raktikum ress resse rivacy urchasing",
    "",
    "eception echnung echnungen ecruiting ecrutement edaktion eklamation ekrutacja eservation eservations eservierung h oot",
    "ales ecretariat ecurity ekretariat ervice hop klep oporte pam przedaz taff uporte upport",
    "eam echnik est",
    "senet ucp",
    "endas endite entas erkauf erkoop ertrieb erwaltung",
    "ebmaster elcome ww",
    "",
    "",
    "entrale",
];

/// Whether the part before the `@` names a role; what follows a `+` does not count.
pub(super) fn is_role(local: &str) -> bool {
    let name = local.split('+').next().unwrap_or_default().to_ascii_lowercase();
    let Some((first, rest)) = name.split_at_checked(1) else { return false };
    let row = (0..).zip(b'a'..=b'z').find(|(_, letter)| first.as_bytes() == [*letter]);
    let roles = row.and_then(|(at, _): (usize, u8)| ROLES.get(at));
    !rest.is_empty() && roles.is_some_and(|roles| roles.split(' ').any(|role| role == rest))
}

#[cfg(test)]
mod tests {
    use super::is_role;

    #[test]
    fn roles_are_found_in_any_case_and_people_are_not() {
        assert!(is_role("info"));
        assert!(is_role("Vertrieb+messe"));
        assert!(is_role("No-Reply"));
        assert!(!is_role("maria.info"));
        assert!(!is_role("inf"));
        assert!(!is_role("+"));
        assert!(!is_role("b"));
        assert!(!is_role("üinfo"));
        assert!(is_role("www"));
        assert!(is_role("hr"));
    }
}
