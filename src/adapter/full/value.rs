//! JSON values as `serde` has them, so that they cross into JavaScript.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

use crate::{rule::number, wire::json::Json};

/// Every number of JavaScript is a double, so that digits beyond its precision go.
impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(text) => match number::parse(text) {
                Some(double) => serializer.serialize_f64(double),
                None => Err(S::Error::custom("no number")),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::json;

    #[test]
    fn values_of_every_kind_go_through_serde() {
        let text = r#"{"a":[1.5,-2.5,true,null,"x"],"b":{"c":""}}"#;
        assert_eq!(serde_json::to_string(&json::parse(text).unwrap()).unwrap(), text);
    }

    #[test]
    fn a_whole_number_beyond_doubles_becomes_the_nearest() {
        let value = json::parse("18446744073709551615").unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), "1.8446744073709552e+19");
    }
}
