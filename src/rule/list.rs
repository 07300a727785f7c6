//! The operators that go over arrays.

use alloc::{rc::Rc, vec::Vec};

use super::{
    RuleError,
    error::Code,
    eval::{Outcome, Run, Scope, whole},
    op::Op,
    parse::{Call, split},
    value::Value,
};

impl<'a> Run<'a> {
    /// `missing`, `missing_some` and `merge`.
    pub(super) fn gather(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut items = Vec::new();
        if call.op == Op::MissingSome {
            let needed = self.arg(call, 0, scope)?.number().map_or(0, whole);
            let names = self.arg(call, 1, scope)?;
            let count = names.len().unwrap_or(0);
            for index in 0..count {
                self.missing(names.item(index), scope, &mut items)?;
            }
            let present = i64::try_from(count - items.len()).unwrap_or(i64::MAX);
            if present >= needed {
                items.clear();
            }
            return Ok(Value::list(items));
        }
        self.args(call, scope, &mut |run, value| {
            let count = value.len();
            run.pay(count.unwrap_or(1))?;
            let missing = call.op == Op::Missing;
            for index in 0..count.unwrap_or(1) {
                let item = if count.is_some() { value.item(index) } else { Some(value.clone()) };
                if missing {
                    run.missing(item, scope, &mut items)?;
                } else {
                    items.extend(item);
                }
            }
            Ok(true)
        })?;
        self.bounded(Value::list(items))
    }

    fn missing(
        &mut self,
        name: Option<Value<'a>>,
        scope: &Scope<'_, 'a>,
        items: &mut Vec<Value<'a>>,
    ) -> Result<(), RuleError> {
        let Some(name) = name else { return Ok(()) };
        let path = split(&self.text(&name)?);
        let empty = match scope.data.walk(&path) {
            None | Some(Value::Null) => true,
            Some(value) => value.as_text() == Some(""),
        };
        if empty {
            items.push(name);
        }
        Ok(())
    }

    pub(super) fn transform(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let source = self.arg(call, 0, scope)?;
        let count = source.len().unwrap_or(0);
        if call.op == Op::Reduce {
            let mut total = self.arg(call, 2, scope)?;
            for index in 0..count {
                let current = source.item(index).unwrap_or(Value::Null);
                let both = Value::Map(Rc::new([("current", current), ("accumulator", total)]));
                total = self.arg(call, 1, &scope.inner(self.bounded(both)?, index))?;
            }
            return Ok(total);
        }
        let mut items = Vec::new();
        for index in 0..count {
            let item = source.item(index).unwrap_or(Value::Null);
            let value = self.arg(call, 1, &scope.inner(item.clone(), index))?;
            if call.op == Op::Map {
                items.push(value);
            } else if value.truthy() {
                items.push(item);
            }
        }
        self.bounded(Value::list(items))
    }

    /// `all`, `some` and `none`; nothing holds for all of an empty array.
    pub(super) fn quantify(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
    ) -> Result<bool, RuleError> {
        if call.args.len() < 2 {
            return Err(RuleError::new(Code::Arguments));
        }
        let source = self.arg(call, 0, scope)?;
        let count = source.len().unwrap_or(0);
        for index in 0..count {
            let item = source.item(index).unwrap_or(Value::Null);
            let holds = self.arg(call, 1, &scope.inner(item, index))?.truthy();
            if holds != (call.op == Op::All) {
                return Ok(call.op == Op::Some);
            }
        }
        Ok(call.op == Op::None || call.op == Op::All && count > 0)
    }
}
