//! The operators of the language and their names.

macro_rules! operators {
    ($($name:literal $op:ident,)*) => {
        /// An operator that takes evaluated or lazily evaluated arguments.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Op { $($op,)* }

        const NAMES: &[(&str, Op)] = &[$(($name, Op::$op),)*];
    };
}

// Of two with one name, only the first is written in rules; `Absent` is `missing` for names that are constants.
operators! {
    "==" Eq, "===" Same, "!=" Ne, "!==" NotSame, ">" Gt, ">=" Ge, "<" Lt, "<=" Le,
    "!" Not, "!!" Truth, "and" And, "or" Or, "if" If, "?:" IfElse, "??" Coalesce, "try" Try, "throw" Throw,
    "+" Add, "-" Sub, "*" Mul, "/" Div, "%" Rem, "max" Max, "min" Min,
    "var" Var, "val" Val, "exists" Exists, "missing" Missing, "missing" Absent, "missing_some" MissingSome,
    "in" In, "cat" Cat, "substr" Substr, "length" Length, "merge" Merge,
    "map" Map, "filter" Filter, "reduce" Reduce, "all" All, "some" Some, "none" None, "log" Log,
}

impl Op {
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, op)| *op)
    }

    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }
}
