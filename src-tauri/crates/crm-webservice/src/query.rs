//! Builds selects in the one dialect the server understands (facts/crm.md 5): conditions joined with `and` before `or`, single quotes,
//! keyset paging by id, a semicolon at the end. Nothing else can be built, so nothing else can be sent.

use crate::wire::without_control_characters;

/// No answer has more rows, whatever the limit says.
pub const PAGE: usize = 100;

/// How long a query may be in an address. Web servers commonly take 8 KB in all (facts/crm.md 1); place, session and proxies need theirs.
const LONGEST_QUERY: usize = 6500;

/// A select.
#[derive(Clone)]
pub struct Query {
    fields: Vec<String>,
    module: String,
    conditions: Vec<String>,
    /// One of these besides; there are no parentheses, so each is written with all the others.
    alternatives: Vec<Vec<String>>,
    order: &'static str,
    limit: usize,
}

impl Query {
    /// These fields of a module, the oldest record first, a page at once. The id always comes along.
    pub fn select<'a>(fields: impl IntoIterator<Item = &'a str>, module: &str) -> Self {
        Self {
            fields: fields.into_iter().map(str::to_owned).collect(),
            module: module.to_owned(),
            conditions: Vec::new(),
            alternatives: Vec::new(),
            order: "id",
            limit: PAGE,
        }
    }

    /// Only where the field has this value, as the database compares: capitals, accents and trailing blanks do not count.
    pub fn equals(self, field: &str, value: &str) -> Self {
        self.and(compare(field, "=", value))
    }

    /// Only where the field is this or more.
    pub fn at_least(self, field: &str, value: &str) -> Self {
        self.and(compare(field, ">=", value))
    }

    /// Only where the first field is this or more, or the second one is none of these.
    pub fn at_least_or_none_of(
        mut self,
        (later, value): (&str, &str),
        (other, values): (&str, &[String]),
    ) -> Self {
        let differs = values.iter().map(|value| compare(other, "!=", value));
        self.alternatives = vec![vec![compare(later, ">=", value)], differs.collect()];
        self
    }

    /// Only where one of the fields holds the text, as the database compares. There has to be a field.
    pub fn one_holds<'a>(mut self, fields: impl IntoIterator<Item = &'a str>, text: &str) -> Self {
        let pattern = pattern(text);
        let alternatives = fields.into_iter();
        self.alternatives = alternatives
            .map(|field| vec![format!("{field} like '{pattern}'")])
            .collect();
        self
    }

    /// Only records behind this one; `None` from the first.
    pub fn after(self, id: Option<&str>) -> Self {
        match id {
            Some(id) => self.and(compare("id", ">", id)),
            None => self,
        }
    }

    /// Only records whose field has one of these values.
    pub fn one_of<'a>(self, field: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values: Vec<String> = values.into_iter().map(quote).collect();
        self.and(format!("{field} in ({})", values.join(",")))
    }

    /// Only where one of the fields has one of these values, as the database compares. There have to be both.
    pub fn one_is_one_of<'a>(
        mut self,
        fields: impl IntoIterator<Item = &'a str>,
        values: &[&str],
    ) -> Self {
        let values: Vec<String> = values.iter().copied().map(quote).collect();
        let values = values.join(",");
        let fields = fields.into_iter();
        self.alternatives = fields
            .map(|field| vec![format!("{field} in ({values})")])
            .collect();
        self
    }

    /// Only the record with the largest value of this field.
    pub fn last_by(mut self, order: LastBy) -> Self {
        self.order = match order {
            LastBy::ModifiedTime => "modifiedtime desc",
        };
        self.limit = 1;
        self
    }

    /// The text to be sent.
    pub fn text(&self) -> String {
        let none = [Vec::new()];
        let alternatives = match self.alternatives.is_empty() {
            true => none.as_slice(),
            false => &self.alternatives,
        };
        let wholes: Vec<String> = alternatives
            .iter()
            .map(|alternative| {
                let all: Vec<&str> = self
                    .conditions
                    .iter()
                    .chain(alternative)
                    .map(String::as_str)
                    .collect();
                all.join(" and ")
            })
            .collect();
        let conditions = match wholes.join(" or ").as_str() {
            "" => String::new(),
            conditions => format!(" where {conditions}"),
        };
        format!(
            "select {} from {}{conditions} order by {} limit {};",
            self.fields.join(","),
            self.module,
            self.order,
            self.limit
        )
    }

    fn and(mut self, condition: String) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// How much of an address the text takes.
pub fn length_in_address(text: &str) -> usize {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .map(str::len)
        .sum()
}

/// How much of an address a value takes in a list of values.
pub fn length_in_list(value: &str) -> usize {
    length_in_address(&quote(value)) + length_in_address(",")
}

/// Cuts a list into batches, each of which fits into the address of one query besides what takes `rest`; one that does not fit at all
/// stands alone.
pub fn batches<T>(all: &[T], rest: usize, length: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let room = LONGEST_QUERY.saturating_sub(rest);
    let mut batches = Vec::new();
    let (mut start, mut taken) = (0, 0);
    for (place, one) in all.iter().enumerate() {
        let length = length(one);
        if place > start && taken + length > room {
            batches.push(&all[start..place]);
            (start, taken) = (place, 0);
        }
        taken += length;
    }
    if start < all.len() {
        batches.push(&all[start..]);
    }
    batches
}

fn compare(field: &str, operator: &str, value: &str) -> String {
    format!("{field}{operator}{}", quote(value))
}

/// What "the last record" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastBy {
    /// Modified last.
    ModifiedTime,
}

/// The value between single quotes. Quotes and backslashes are doubled; a backslash before a quote is a syntax error.
pub fn quote(value: &str) -> String {
    let value = without_control_characters(value)
        .replace('\\', "\\\\")
        .replace('\'', "''");
    format!("'{value}'")
}

/// A pattern of `like` that finds the text anywhere, ready to stand between quotes. A backslash protects a percent sign and nothing else
/// that was measured (facts/crm.md 5), and entities may be kept encoded (4): such letters stand for any. So it finds too much at
/// times, never too little.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in without_control_characters(text).chars() {
        match letter {
            '\'' => pattern.push_str("''"),
            '%' => pattern.push_str("\\%"),
            '\\' | '&' | '<' | '>' | '"' => pattern.push('%'),
            other => pattern.push(other),
        }
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads quoted values as the server does; written against facts/crm.md 5, not against `quote`.
    fn parse_quoted(text: &str) -> Option<(String, &str)> {
        let mut rest = text.strip_prefix('\'')?.chars();
        let mut value = String::new();
        loop {
            match rest.next()? {
                '\'' if rest.as_str().starts_with('\'') => {
                    rest.next();
                    value.push('\'');
                }
                '\'' => return Some((value, rest.as_str())),
                '\\' => match rest.next()? {
                    '\\' => value.push('\\'),
                    _ => return None,
                },
                letter => value.push(letter),
            }
        }
    }

    #[test]
    fn a_query_is_written_in_the_servers_dialect() {
        let query = Query::select(["id", "lastname"], "Contacts")
            .equals("assigned_user_id", "19x5")
            .at_least("modifiedtime", "2026-11-22 10:00:00")
            .after(Some("12x34"));
        assert_eq!(
            query.text(),
            "select id,lastname from Contacts where assigned_user_id='19x5' and modifiedtime>='2026-11-22 10:00:00' \
             and id>'12x34' order by id limit 100;"
        );
        let some = Query::select(["id"], "Contacts").one_of("id", ["12x1", "12x2"]);
        assert_eq!(
            some.text(),
            "select id from Contacts where id in ('12x1','12x2') order by id limit 100;"
        );
        let last = Query::select(["modifiedtime"], "Contacts").last_by(LastBy::ModifiedTime);
        assert_eq!(
            last.text(),
            "select modifiedtime from Contacts order by modifiedtime desc limit 1;"
        );
    }

    #[test]
    fn r3_3_alternatives_are_written_out_since_there_are_no_parentheses() {
        let done = ["Completed".to_owned(), "Erledigt".to_owned()];
        let query = Query::select(["id"], "Calendar")
            .equals("assigned_user_id", "19x5")
            .at_least_or_none_of(("due_date", "2026-11-19"), ("taskstatus", &done))
            .after(Some("9x4"));
        assert_eq!(
            query.text(),
            "select id from Calendar where assigned_user_id='19x5' and id>'9x4' and due_date>='2026-11-19' \
             or assigned_user_id='19x5' and id>'9x4' and taskstatus!='Completed' and taskstatus!='Erledigt' \
             order by id limit 100;"
        );
    }

    #[test]
    fn r6_12_a_text_is_looked_for_in_each_field_and_leaves_its_quotes_nowhere() {
        let query = Query::select(["id"], "Contacts")
            .after(Some("12x4"))
            .one_holds(["lastname", "email"], "O'Neill 5% \\ & Co");
        assert_eq!(
            query.text(),
            "select id from Contacts where id>'12x4' and lastname like '%O''Neill 5\\% % % Co%' \
             or id>'12x4' and email like '%O''Neill 5\\% % % Co%' order by id limit 100;"
        );
    }

    #[test]
    fn the_first_page_has_no_lower_bound() {
        assert_eq!(
            Query::select(["id"], "Contacts").after(None).text(),
            "select id from Contacts order by id limit 100;"
        );
    }

    proptest! {
        #[test]
        fn r2_3_a_quoted_value_is_read_back_as_it_was(value in "[a-z'\"\\\\;%_\r\n üß😀-]{0,40}") {
            let quoted = quote(&value);
            prop_assert_eq!(parse_quoted(&quoted), Some((value, "")));
        }

        #[test]
        fn no_value_leaves_its_quotes(value in any::<String>()) {
            let text = Query::select(["id"], "Accounts").equals("accountname", &value).text();
            let rest = text.strip_prefix("select id from Accounts where accountname=").expect("as built");
            let (read, rest) = parse_quoted(rest).expect("one quoted value");
            prop_assert_eq!(read, without_control_characters(&value));
            prop_assert_eq!(rest, " order by id limit 100;");
        }
    }

    proptest! {
        #[test]
        fn batches_fit_into_an_address_and_lose_nothing(
            values in proptest::collection::vec("[a-z@'ü\\\\]{0,80}", 0..400),
        ) {
            let rest = Query::select(["id"], "Emails").one_of("cf_1", []).text();
            let rest = length_in_address(&rest);
            let batches = batches(&values, rest, |value| length_in_list(value));
            for batch in &batches {
                let query = Query::select(["id"], "Emails");
                let text = query.one_of("cf_1", batch.iter().map(String::as_str)).text();
                prop_assert!(length_in_address(&text) <= LONGEST_QUERY);
            }
            prop_assert_eq!(batches.concat(), values);
        }
    }

    #[test]
    fn what_fits_goes_into_one_batch_and_what_never_does_stands_alone() {
        let values = ["a".repeat(10), "b".repeat(LONGEST_QUERY), "c".repeat(10)];
        let length = |value: &String| length_in_list(value);
        assert_eq!(batches(&values, 100, length).len(), 3);
        assert_eq!(batches(&values[..1], 100, length).len(), 1);
        assert!(batches(&values[..0], 100, length).is_empty());
        let short = vec!["abc".to_owned(); 100];
        assert_eq!(batches(&short, 100, length).len(), 1);
    }
}
