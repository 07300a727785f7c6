//! Addresses that belong to a role.

/// Local parts that name a role, in the languages of the messages, between spaces.
const ROLES: &str = " abuse accounting accounts admin administration administrator anfrage anfragen assistenz \
    bestellung bestellungen bewerbung bewerbungen billing biuro booking bookings buchhaltung buchung bureau buero \
    career careers clientes comercial commercial compliance compras comptabilite contabilidad contabilidade \
    contabilita contact contacto contactus contato contatti contatto customercare customerservice datenschutz devnull \
    direction dpo einkauf email empfang enquiries enquiry events facturacion faktura feedback finance ftp geral \
    geschaeftsfuehrung handel hallo hello help helpdesk hilfe hostmaster hr hola info informacion informacje \
    informatie information informazioni inkoop inquiries inquiry invoice invoices it jobs karriere klantenservice \
    kontakt kundenservice legal mail mailbox mailer-daemon marketing media moin newsletter no-reply noc noreply office \
    ordenes order orders payroll personal personeelszaken postmaster praktikum presse press privacy purchasing rechnung \
    rechnungen reception recrutement recruiting redaktion rekrutacja reklamation reservation reservations reservierung \
    rh root sales secretariat security sekretariat service shop sklep spam sprzedaz staff suporte support soporte team \
    technik test usenet uucp vendas ventas vendite verkauf verkoop vertrieb verwaltung webmaster welcome www zentrale ";

/// Whether the part before the `@` names a role; what follows a `+` does not count.
pub(super) fn is_role(local: &str) -> bool {
    let name = local.split('+').next().unwrap_or_default().to_ascii_lowercase();
    !name.is_empty() && ROLES.split(' ').any(|role| role == name)
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
    }
}
