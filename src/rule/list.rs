//! The operators that make texts and arrays.

use alloc::{string::String, vec::Vec};

use super::{
    error::Code,
    eval::{Outcome, Run, Scope, characters},
    op::Op,
    parse::{Call, Node, Path, split},
    value::{Names, Value},
};

impl<'a> Run<'a> {
    pub(super) fn concatenate(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let mut list = Value::Null;
        let count = self.open(call, scope, &mut list)?;
        let mut text = String::new();
        for index in 0..count {
            self.take(call, &list, index, scope, out)?;
            self.spend(out)?;
            self.heap.join(out, &mut text);
        }
        *out = self.heap.text(text);
        Ok(())
    }

    pub(super) fn substring(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        self.arg(call, 0, scope, out)?;
        let text = self.text(out)?;
        let count = i64::try_from(characters(&text)).unwrap_or(i64::MAX);
        // A negative place counts from the end.
        let place = |at: i64| if at < 0 { at.saturating_add(count).max(0) } else { at.min(count) };
        let start = place(self.whole(call, 1, scope)?.unwrap_or(0));
        let end = match self.whole(call, 2, scope)? {
            None => count,
            Some(length) if length < 0 => place(length),
            Some(length) => start.saturating_add(length),
        };
        let part = text.get(offset(&text, start)..offset(&text, end)).unwrap_or_default();
        *out = self.heap.text(String::from(part));
        Ok(())
    }

    /// An argument that is a number, without its fraction; `None` for `null`.
    #[expect(clippy::cast_possible_truncation, reason = "truncation is meant, and `as` saturates")]
    fn whole(
        &mut self,
        call: &'a Call,
        index: usize,
        scope: &Scope<'_, 'a>,
    ) -> Result<Option<i64>, Code> {
        let mut value = Value::Null;
        self.arg(call, index, scope, &mut value)?;
        if let Value::Null = value {
            return Ok(None);
        }
        Ok(Some(self.heap.number(&value).ok_or(Code::NotANumber)? as i64))
    }

    /// `missing`, `missing_some` and `merge`.
    pub(super) fn gather(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let mut needed = 0;
        let mut list = Value::Null;
        let count = if call.op == Op::MissingSome {
            needed = self.whole(call, 0, scope)?.unwrap_or(0);
            self.arg(call, 1, scope, &mut list)?;
            self.heap.len(&list).unwrap_or(0)
        } else {
            self.open(call, scope, &mut list)?
        };
        let mut items = Vec::new();
        for index in 0..count {
            self.take(call, &list, index, scope, out)?;
            let inner = self.heap.len(out);
            self.pay(inner.unwrap_or(1))?;
            for index in 0..inner.unwrap_or(1) {
                let item = if inner.is_some() { self.heap.item(out, index) } else { *out };
                if call.op == Op::Merge || self.is_missing(&item, scope)? {
                    items.push(item);
                }
            }
        }
        let present = i64::try_from(count.saturating_sub(items.len())).unwrap_or(i64::MAX);
        if call.op == Op::MissingSome && present >= needed {
            items.clear();
        }
        self.list(items, out)
    }

    /// `missing` where all names are constants: paths whose default is the name.
    pub(super) fn absent(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let mut items = Vec::new();
        for node in &call.args {
            self.pay(1)?;
            if let Node::Path(path @ Path { default: Some(name), .. }) = node
                && let Node::Text(name) = &**name
            {
                let found = self.find(path, scope, out) && !matches!(out, Value::Null);
                if !found || self.heap.as_text(out) == Some("") {
                    items.push(Value::Str(name));
                }
            }
        }
        self.list(items, out)
    }

    fn is_missing(&mut self, name: &Value<'a>, scope: &Scope<'_, 'a>) -> Result<bool, Code> {
        let path = split(&self.text(name)?);
        let mut value = Value::Null;
        self.heap.walk(&scope.data, &path, &mut value);
        Ok(matches!(value, Value::Null) || self.heap.as_text(&value) == Some(""))
    }

    /// `map`, `filter`, `reduce`, `all`, `some` and `none`. Nothing holds for all of an empty array.
    pub(super) fn iterate(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let mut source = Value::Null;
        self.arg(call, 0, scope, &mut source)?;
        let count = self.heap.len(&source).unwrap_or(0);
        self.arg(call, 2, scope, out)?;
        let mut items = Vec::new();
        for index in 0..count {
            let item = self.heap.item(&source, index);
            let mut data = item;
            if call.op == Op::Reduce {
                self.map(Names::Reduce, [item, *out].into(), &mut data)?;
            }
            self.arg(call, 1, &Scope { data, index, up: Some(scope) }, out)?;
            let holds = self.heap.truthy(out);
            match call.op {
                Op::Map => items.push(*out),
                Op::Filter if holds => items.push(item),
                Op::Filter | Op::Reduce => {}
                _ if holds == (call.op == Op::All) => {}
                _ => {
                    *out = Value::Bool(call.op == Op::Some);
                    return Ok(());
                }
            }
        }
        match call.op {
            Op::Map | Op::Filter => return self.list(items, out),
            Op::Reduce => {}
            _ => *out = Value::Bool(call.op == Op::None || call.op == Op::All && count > 0),
        }
        Ok(())
    }
}

/// The byte at which the character at this place starts; the end for a place beyond it.
fn offset(text: &str, place: i64) -> usize {
    let mut left = place;
    for (at, byte) in text.bytes().enumerate() {
        if byte & 0xc0 != 0x80 {
            if left <= 0 {
                return at;
            }
            left -= 1;
        }
    }
    text.len()
}
