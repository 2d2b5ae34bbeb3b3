//! A contact's values beside Exchange's (facts/ews.md, section 10).

use model::Field;

use crate::wire::leaf::{AddressKey, AddressPart, EmailKey, Leaf, PhoneKey};

/// Every value a contact is read and written with, and its name on the wire.
pub const FIELDS: &[(Field, Leaf)] = {
    use AddressKey::{Business, Other};
    use AddressPart::{City, CountryOrRegion, PostalCode, State, Street};
    &[
        (Field::GivenName, Leaf::GivenName),
        (Field::MiddleName, Leaf::MiddleName),
        (Field::LastName, Leaf::Surname),
        (Field::JobTitle, Leaf::JobTitle),
        (Field::Department, Leaf::Department),
        (Field::Description, Leaf::Body),
        (Field::Organisation, Leaf::CompanyName),
        (Field::Email, Leaf::Email(EmailKey::EmailAddress1)),
        (Field::OtherEmail, Leaf::Email(EmailKey::EmailAddress2)),
        (Field::Phone, Leaf::Phone(PhoneKey::BusinessPhone)),
        (Field::OtherPhone, Leaf::Phone(PhoneKey::OtherTelephone)),
        (Field::Mobile, Leaf::Phone(PhoneKey::MobilePhone)),
        (Field::BillingStreet, Leaf::Address(Business, Street)),
        (Field::BillingCity, Leaf::Address(Business, City)),
        (
            Field::BillingPostalCode,
            Leaf::Address(Business, PostalCode),
        ),
        (Field::BillingState, Leaf::Address(Business, State)),
        (
            Field::BillingCountry,
            Leaf::Address(Business, CountryOrRegion),
        ),
        (Field::DeliveryStreet, Leaf::Address(Other, Street)),
        (Field::DeliveryCity, Leaf::Address(Other, City)),
        (Field::DeliveryPostalCode, Leaf::Address(Other, PostalCode)),
        (Field::DeliveryState, Leaf::Address(Other, State)),
        (
            Field::DeliveryCountry,
            Leaf::Address(Other, CountryOrRegion),
        ),
        (Field::FileAs, Leaf::FileAs),
        (Field::DisplayName, Leaf::DisplayName),
    ]
};
