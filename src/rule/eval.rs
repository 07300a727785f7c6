//! Evaluation: one step per node, within the limits.

use alloc::{rc::Rc, string::String};
use core::cmp::Ordering;

use super::{
    Limits, RuleError,
    error::Code,
    op::Op,
    parse::{Call, Node, Path, split},
    value::{self, Value},
};
use crate::wire::json::Json;

pub(super) type Outcome<'a> = Result<Value<'a>, RuleError>;

/// What `var` looks into: the data, or the item of an iterator and what is around it.
pub(super) struct Scope<'s, 'a> {
    pub(super) data: Value<'a>,
    index: usize,
    up: Option<&'s Scope<'s, 'a>>,
}

impl<'s, 'a> Scope<'s, 'a> {
    pub(super) fn root(data: Value<'a>) -> Self {
        Self { data, index: 0, up: None }
    }

    pub(super) fn inner(&'s self, data: Value<'a>, index: usize) -> Self {
        Self { data, index, up: Some(self) }
    }

    fn climb(&self, levels: usize) -> Option<&Self> {
        (0..levels).try_fold(self, |scope, _| scope.up)
    }
}

/// One evaluation.
pub(super) struct Run<'a> {
    steps: usize,
    depth: usize,
    thrown: Value<'a>,
}

impl<'a> Run<'a> {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { steps: limits.steps, depth: limits.depth, thrown: Value::Null }
    }

    /// Pays for work in advance.
    pub(super) fn pay(&mut self, steps: usize) -> Result<(), RuleError> {
        match self.steps.checked_sub(steps) {
            Some(rest) => {
                self.steps = rest;
                Ok(())
            }
            None => Err(RuleError::new(Code::TooManySteps)),
        }
    }

    /// Pays for writing a value out.
    pub(super) fn spend(&mut self, value: &Value<'_>) -> Result<(), RuleError> {
        self.pay(value.weight(self.steps))
    }

    /// Refuses a computed value that is nested too deep.
    pub(super) fn bounded(&self, value: Value<'a>) -> Outcome<'a> {
        if value.depth() > self.depth { Err(RuleError::new(Code::TooDeep)) } else { Ok(value) }
    }

    pub(super) fn eval(&mut self, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        self.pay(1)?;
        match node {
            Node::Number(value) => Ok(Value::Number(*value)),
            Node::Text(text) => Ok(Value::Str(text)),
            Node::Literal(json) => Ok(Value::from(json)),
            Node::List(nodes) => {
                let items = nodes.iter().enumerate().map(|(index, node)| {
                    self.eval(node, scope).map_err(|error| error.inside_index(index))
                });
                let items = items.collect::<Result<_, _>>()?;
                self.bounded(Value::list(items))
            }
            Node::Path(path) => self.path(path, scope),
            Node::Call(call) => self.call(call, scope),
        }
    }

    fn path(&mut self, path: &'a Path, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        match scope.climb(path.up).and_then(|scope| scope.data.walk(&path.keys)) {
            Some(value) => Ok(value),
            None => match &path.default {
                Some(node) => self.eval(node, scope),
                None => Ok(Value::Null),
            },
        }
    }

    /// Evaluates one argument; an error says where it is.
    pub(super) fn arg(
        &mut self,
        call: &'a Call,
        index: usize,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let Some(node) = call.args.get(index) else { return Ok(Value::Null) };
        self.eval(node, scope).map_err(|error| {
            let error = if call.single { error } else { error.inside_index(index) };
            error.inside(call.op.name())
        })
    }

    /// Hands the arguments to `take` one by one until it says `false`; gives the number that were taken.
    pub(super) fn args(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        take: &mut dyn FnMut(&mut Self, Value<'a>) -> Result<bool, RuleError>,
    ) -> Result<usize, RuleError> {
        if call.single {
            let value = self.arg(call, 0, scope)?;
            let Some(count) = value.len() else {
                take(self, value)?;
                return Ok(1);
            };
            for index in 0..count {
                self.pay(1)?;
                if !take(self, value.item(index).unwrap_or(Value::Null))? {
                    return Ok(index + 1);
                }
            }
            return Ok(count);
        }
        for index in 0..call.args.len() {
            let value = self.arg(call, index, scope)?;
            if !take(self, value)? {
                return Ok(index + 1);
            }
        }
        Ok(call.args.len())
    }

    fn call(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        match call.op {
            Op::Eq | Op::Same | Op::Ne | Op::NotSame | Op::Gt | Op::Ge | Op::Lt | Op::Le => {
                self.comparison(call, scope).map(Value::Bool)
            }
            Op::Not => Ok(Value::Bool(!self.arg(call, 0, scope)?.truthy())),
            Op::Truth => Ok(Value::Bool(self.arg(call, 0, scope)?.truthy())),
            Op::And | Op::Or | Op::Coalesce => self.first(call, scope),
            Op::If | Op::IfElse => self.choice(call, scope),
            Op::Try => self.attempt(call, scope),
            Op::Throw => {
                let value = self.arg(call, 0, scope)?;
                self.thrown = match value {
                    Value::Str(_) | Value::Text(_) => Value::Map(Rc::new([("type", value)])),
                    other => other,
                };
                Err(RuleError::new(Code::Thrown))
            }
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem => self.arithmetic(call, scope),
            Op::Max | Op::Min => self.extreme(call, scope),
            Op::Var => {
                let path = self.arg(call, 0, scope)?;
                match scope.data.walk(&split(&self.text(&path)?)) {
                    Some(value) => Ok(value),
                    None => self.arg(call, 1, scope),
                }
            }
            Op::Val => Ok(self.find(call, scope)?.unwrap_or(Value::Null)),
            Op::Exists => Ok(Value::Bool(self.find(call, scope)?.is_some())),
            Op::In => self.contains(call, scope).map(Value::Bool),
            Op::Cat => {
                let mut text = String::new();
                self.args(call, scope, &mut |run, value| {
                    run.spend(&value)?;
                    value.join(&mut text);
                    Ok(true)
                })?;
                Ok(Value::Text(text.into()))
            }
            Op::Substr => self.substring(call, scope),
            Op::Length => {
                let value = self.arg(call, 0, scope)?;
                let count =
                    value.len().or_else(|| value.as_text().map(|text| text.chars().count()));
                let count = count.ok_or_else(|| RuleError::new(Code::Arguments))?;
                Ok(Value::Number(f64::from(u32::try_from(count).unwrap_or(u32::MAX))))
            }
            Op::Missing | Op::MissingSome | Op::Merge => self.gather(call, scope),
            Op::Map | Op::Filter | Op::Reduce => self.transform(call, scope),
            Op::All | Op::Some | Op::None => self.quantify(call, scope).map(Value::Bool),
            Op::Log => self.arg(call, 0, scope),
        }
    }

    /// The text of a value, paid for.
    pub(super) fn text(&mut self, value: &Value<'_>) -> Result<String, RuleError> {
        self.spend(value)?;
        let mut text = String::new();
        value.join(&mut text);
        Ok(text)
    }

    /// Every neighbouring pair has to hold; the first that does not ends the evaluation.
    fn comparison(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Result<bool, RuleError> {
        let mut last: Option<Value<'a>> = None;
        let mut holds = true;
        let count = self.args(call, scope, &mut |_, value| {
            if let Some(left) = &last {
                holds = compare(call.op, left, &value)?;
            }
            last = Some(value);
            Ok(holds)
        })?;
        if count < 2 { Err(RuleError::new(Code::Arguments)) } else { Ok(holds) }
    }

    /// `and`, `or` and `??`: the first value that decides, or else the last.
    fn first(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut last = Value::Null;
        self.args(call, scope, &mut |_, value| {
            let open = match call.op {
                Op::And => value.truthy(),
                Op::Or => !value.truthy(),
                _ => matches!(value, Value::Null),
            };
            last = value;
            Ok(open)
        })?;
        Ok(last)
    }

    fn choice(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut index = 0;
        while index + 1 < call.args.len() {
            if self.arg(call, index, scope)?.truthy() {
                return self.arg(call, index + 1, scope);
            }
            index += 2;
        }
        self.arg(call, index, scope)
    }

    /// The first argument that does not fail; later ones see the error as their data.
    fn attempt(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut result = self.arg(call, 0, scope);
        for index in 1..call.args.len() {
            let kind = match &result {
                Err(error) => error.kind(),
                Ok(_) => return result,
            };
            let name = match kind {
                Code::NotANumber => "NaN",
                Code::Arguments => "Invalid Arguments",
                Code::Thrown => "",
                Code::UnknownOperator | Code::TooDeep | Code::TooLarge | Code::TooManySteps => {
                    return result;
                }
            };
            let data = if name.is_empty() {
                core::mem::replace(&mut self.thrown, Value::Null)
            } else {
                Value::Map(Rc::new([("type", Value::Str(name))]))
            };
            result = self.arg(call, index, &scope.inner(data, 0));
        }
        result
    }

    fn arithmetic(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut total = 0.0;
        let mut seen = 0;
        self.args(call, scope, &mut |_, value| {
            let number = value.number().ok_or_else(|| RuleError::new(Code::NotANumber))?;
            seen += 1;
            total = match call.op {
                _ if seen == 1 => number,
                Op::Add => total + number,
                Op::Sub => total - number,
                Op::Mul => total * number,
                Op::Div => total / number,
                _ => total % number,
            };
            Ok(true)
        })?;
        let total = match (call.op, seen) {
            (Op::Mul, 0) => 1.0,
            (Op::Sub | Op::Div, 0) | (Op::Rem, 0 | 1) => {
                return Err(RuleError::new(Code::Arguments));
            }
            (Op::Sub, 1) => -total,
            (Op::Div, 1) => 1.0 / total,
            _ => total,
        };
        if total.is_finite() {
            Ok(Value::Number(total))
        } else {
            Err(RuleError::new(Code::NotANumber))
        }
    }

    fn extreme(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut best: Option<f64> = None;
        self.args(call, scope, &mut |_, value| {
            let Value::Number(number) = value else { return Err(RuleError::new(Code::Arguments)) };
            let better = best
                .is_none_or(|best| if call.op == Op::Max { number > best } else { number < best });
            if better {
                best = Some(number);
            }
            Ok(true)
        })?;
        best.map(Value::Number).ok_or_else(|| RuleError::new(Code::Arguments))
    }

    /// What `val` and `exists` look up when the path has to be computed.
    fn find(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
    ) -> Result<Option<Value<'a>>, RuleError> {
        let mut at = Some(scope.data.clone());
        let mut level = 0;
        let mut first = true;
        self.args(call, scope, &mut |run, value| {
            if let (true, Some(up)) = (first, value.item(0)) {
                level = up.number().map_or(0, whole).unsigned_abs();
                let levels = usize::try_from(level.div_ceil(2)).unwrap_or(usize::MAX);
                at = scope.climb(levels).map(|scope| scope.data.clone());
            } else if level % 2 == 1 && value.as_text() == Some("index") {
                let inner = usize::try_from(level / 2).unwrap_or(usize::MAX);
                let index = scope.climb(inner).map_or(0, |scope| scope.index);
                at = Some(Value::Number(f64::from(u32::try_from(index).unwrap_or(u32::MAX))));
            } else {
                let key = run.text(&value)?;
                at = at.as_ref().and_then(|at| at.walk(&[key]));
            }
            first = false;
            Ok(true)
        })?;
        Ok(at)
    }

    fn contains(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Result<bool, RuleError> {
        let needle = self.arg(call, 0, scope)?;
        let hay = self.arg(call, 1, scope)?;
        if let Some(text) = hay.as_text() {
            self.pay(text.len() / 8)?;
            return Ok(match needle.as_text() {
                Some(part) => text.contains(part),
                None => text.contains(&*self.text(&needle)?),
            });
        }
        let count = hay.len().unwrap_or(0);
        self.pay(count)?;
        Ok(match (&hay, needle.as_text()) {
            (Value::Json(Json::Array(items)), Some(text)) => {
                items.iter().any(|item| item.as_str() == Some(text))
            }
            _ => (0..count)
                .any(|index| hay.item(index).is_some_and(|item| value::same(&needle, &item))),
        })
    }

    fn substring(&mut self, call: &'a Call, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let value = self.arg(call, 0, scope)?;
        let text = self.text(&value)?;
        let number = |value: &Value<'_>| {
            value.number().map(whole).ok_or_else(|| RuleError::new(Code::NotANumber))
        };
        let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let place = |at: i64| if at < 0 { (count + at.max(-count)).max(0) } else { at.min(count) };
        let start = place(number(&self.arg(call, 1, scope)?)?);
        let end = match self.arg(call, 2, scope)? {
            Value::Null => count,
            length => match number(&length)? {
                length if length < 0 => place(length),
                length => start.saturating_add(length),
            },
        };
        let skip = usize::try_from(start).unwrap_or(0);
        let take = usize::try_from(end - start).unwrap_or(0);
        Ok(Value::Text(text.chars().skip(skip).take(take).collect::<String>().into()))
    }
}

/// A number without its fraction; saturates.
#[expect(clippy::cast_possible_truncation, reason = "truncation is meant, and `as` saturates")]
pub(super) fn whole(number: f64) -> i64 {
    number as i64
}

fn compare(op: Op, left: &Value<'_>, right: &Value<'_>) -> Result<bool, RuleError> {
    let fault = || RuleError::new(Code::NotANumber);
    match op {
        Op::Same | Op::NotSame => return Ok(value::same(left, right) == (op == Op::Same)),
        Op::Eq | Op::Ne => {
            return Ok(value::equal(left, right).ok_or_else(fault)? == (op == Op::Eq));
        }
        _ => {}
    }
    let order = match value::order(left, right) {
        Some(order) => order,
        None if value::apart(left, right) => return Ok(false),
        None => return Err(fault()),
    };
    Ok(match op {
        Op::Gt => order == Ordering::Greater,
        Op::Ge => order != Ordering::Less,
        Op::Lt => order == Ordering::Less,
        _ => order != Ordering::Greater,
    })
}
