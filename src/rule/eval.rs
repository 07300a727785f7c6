//! Evaluation: one step per node, within the limits.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;

use super::{
    Limits,
    error::{Code, Trace},
    number::remainder,
    op::Op,
    parse::{Call, Node, Path, split},
    value::{Heap, Names, Value},
};
use crate::wire::json::Json;

/// Values come through a last argument `out`, which spares copying them from result to result.
pub(super) type Outcome = Result<(), Code>;

/// What `var` looks into: the data, or the item of an iterator and what is around it.
pub(super) struct Scope<'s, 'a> {
    pub(super) data: Value<'a>,
    pub(super) index: usize,
    pub(super) up: Option<&'s Scope<'s, 'a>>,
}

/// One evaluation.
pub(super) struct Run<'a> {
    steps: usize,
    depth: usize,
    thrown: Value<'a>,
    pub(super) heap: Heap<'a>,
    pub(super) trace: Trace,
}

impl<'a> Run<'a> {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            steps: limits.steps,
            depth: limits.depth,
            thrown: Value::Null,
            heap: Heap::default(),
            trace: Trace::default(),
        }
    }

    /// Pays for work in advance.
    pub(super) fn pay(&mut self, steps: usize) -> Outcome {
        self.steps = self.steps.checked_sub(steps).ok_or(Code::TooManySteps)?;
        Ok(())
    }

    /// Pays for writing a value out.
    pub(super) fn spend(&mut self, value: &Value<'a>) -> Outcome {
        self.pay(self.heap.weight(value, self.steps))
    }

    pub(super) fn list(&mut self, items: Vec<Value<'a>>, out: &mut Value<'a>) -> Outcome {
        static EMPTY: Json = Json::Array(Vec::new());
        *out = if items.is_empty() {
            Value::Json(&EMPTY)
        } else {
            Value::List(self.heap.list(items, self.depth).ok_or(Code::TooDeep)?)
        };
        Ok(())
    }

    pub(super) fn map(
        &mut self,
        names: Names,
        items: Vec<Value<'a>>,
        out: &mut Value<'a>,
    ) -> Outcome {
        *out = Value::Map(self.heap.list(items, self.depth).ok_or(Code::TooDeep)?, names);
        Ok(())
    }

    pub(super) fn eval(
        &mut self,
        node: &'a Node,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        self.pay(1)?;
        match node {
            Node::Number(value) => *out = Value::Number(*value),
            Node::Text(text) => *out = Value::Str(text),
            Node::Literal(json) => *out = Value::from(json),
            Node::List(nodes) => {
                let mut items = Vec::with_capacity(nodes.len());
                for (index, node) in nodes.iter().enumerate() {
                    if let Err(code) = self.eval(node, scope, out) {
                        return Err(self.locate(None, Some(index), code));
                    }
                    items.push(*out);
                }
                return self.list(items, out);
            }
            Node::Path(path) => {
                if !self.find(path, scope, out) {
                    *out = Value::Null;
                    if let Some(node) = &path.default {
                        return self.eval(node, scope, out);
                    }
                }
            }
            Node::Call(call) => match call.op {
                Op::And | Op::Or | Op::Coalesce => return self.first(call, scope, out),
                Op::If | Op::IfElse => return self.choice(call, scope, out),
                Op::Not | Op::Truth => {
                    self.arg(call, 0, scope, out)?;
                    *out = Value::Bool(self.heap.truthy(out) == (call.op == Op::Truth));
                }
                Op::In => return self.contains(call, scope, out),
                Op::Eq | Op::Same | Op::Ne | Op::NotSame | Op::Gt | Op::Ge | Op::Lt | Op::Le => {
                    return self.comparison(call, scope, out);
                }
                _ => return self.rare(call, scope, out),
            },
        }
        Ok(())
    }

    /// The operators that are rare in conditions, apart so that the common ones need little of the stack.
    #[inline(never)]
    fn rare(&mut self, call: &'a Call, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> Outcome {
        match call.op {
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem => self.arithmetic(call, scope, out),
            Op::Max | Op::Min => self.extreme(call, scope, out),
            Op::Missing | Op::MissingSome | Op::Merge => self.gather(call, scope, out),
            Op::Absent => self.absent(call, scope, out),
            Op::Map | Op::Filter | Op::Reduce | Op::All | Op::Some | Op::None => {
                self.iterate(call, scope, out)
            }
            Op::Cat => self.concatenate(call, scope, out),
            Op::Substr => self.substring(call, scope, out),
            Op::Length => {
                self.arg(call, 0, scope, out)?;
                let text = self.heap.as_text(out).map(characters);
                *out = number(self.heap.len(out).or(text).ok_or(Code::Arguments)?);
                Ok(())
            }
            Op::Exists => {
                let found = match call.args.first() {
                    Some(Node::Path(path)) => self.find(path, scope, out),
                    _ => false,
                };
                *out = Value::Bool(found);
                Ok(())
            }
            Op::Var => {
                self.arg(call, 0, scope, out)?;
                let path = split(&self.text(out)?);
                if self.heap.walk(&scope.data, &path, out) {
                    return Ok(());
                }
                self.arg(call, 1, scope, out)
            }
            Op::Try => self.attempt(call, scope, out),
            Op::Throw => {
                self.arg(call, 0, scope, out)?;
                if self.heap.as_text(out).is_some() {
                    self.map(Names::Fault, [*out].into(), out)?;
                }
                self.thrown = *out;
                Err(Code::Thrown)
            }
            // `log`, which writes nothing here. All others are in `eval` or became paths.
            _ => self.arg(call, 0, scope, out),
        }
    }

    /// Notes where a fault is on its way up.
    #[cold]
    fn locate(&mut self, op: Option<Op>, index: Option<usize>, code: Code) -> Code {
        self.trace.push(op, index);
        code
    }

    pub(super) fn find(&mut self, path: &Path, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> bool {
        let mut scope = scope;
        for _ in 0..path.up {
            match scope.up {
                Some(up) => scope = up,
                None => return false,
            }
        }
        if path.index {
            *out = number(scope.index);
            return true;
        }
        self.heap.walk(&scope.data, &path.keys, out)
    }

    /// Evaluates one argument, `null` if there is none; a fault is located.
    pub(super) fn arg(
        &mut self,
        call: &'a Call,
        index: usize,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let Some(node) = call.args.get(index) else {
            *out = Value::Null;
            return Ok(());
        };
        self.eval(node, scope, out).map_err(|code| {
            self.locate(Some(call.op), if call.single { None } else { Some(index) }, code)
        })
    }

    /// How many arguments there are. If one argument gives them as an array, `list` becomes that array.
    pub(super) fn open(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        list: &mut Value<'a>,
    ) -> Result<usize, Code> {
        if !call.single {
            return Ok(call.args.len());
        }
        self.arg(call, 0, scope, list)?;
        if let Some(count) = self.heap.len(list) {
            return Ok(count);
        }
        self.list([*list].into(), list)?;
        Ok(1)
    }

    /// The argument at `index`, from what [`open`](Self::open) gave.
    pub(super) fn take(
        &mut self,
        call: &'a Call,
        list: &Value<'a>,
        index: usize,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        if let Value::Null = list {
            return self.arg(call, index, scope, out);
        }
        *out = self.heap.item(list, index);
        self.pay(1)
    }

    /// The text of a value, paid for.
    pub(super) fn text(&mut self, value: &Value<'a>) -> Result<String, Code> {
        self.spend(value)?;
        let mut text = String::new();
        self.heap.join(value, &mut text);
        Ok(text)
    }

    /// Every neighbouring pair has to hold; the first that does not ends the evaluation.
    fn comparison(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let mut list = Value::Null;
        let count = self.open(call, scope, &mut list)?;
        if count < 2 {
            return Err(Code::Arguments);
        }
        let mut left = Value::Null;
        self.take(call, &list, 0, scope, &mut left)?;
        let mut holds = true;
        for index in 1..count {
            self.take(call, &list, index, scope, out)?;
            holds = self.compare(call.op, &left, out)?;
            if !holds {
                break;
            }
            left = *out;
        }
        *out = Value::Bool(holds);
        Ok(())
    }

    fn compare(&self, op: Op, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Code> {
        let heap = &self.heap;
        match op {
            Op::Same | Op::NotSame => return Ok(heap.same(left, right) == (op == Op::Same)),
            Op::Eq | Op::Ne => {
                let equal = heap.equal(left, right).ok_or(Code::NotANumber)?;
                return Ok(equal == (op == Op::Eq));
            }
            _ => {}
        }
        let Some(order) = heap.order(left, right) else {
            // A text that is no number beside what is missing is neither before nor after it.
            let missing = matches!((left, right), (Value::Null, _) | (_, Value::Null));
            let text = heap.as_text(left).or(heap.as_text(right)).is_some();
            return if missing && text { Ok(false) } else { Err(Code::NotANumber) };
        };
        Ok(match op {
            Op::Gt => order == Ordering::Greater,
            Op::Ge => order != Ordering::Less,
            Op::Lt => order == Ordering::Less,
            _ => order != Ordering::Greater,
        })
    }

    /// `and`, `or` and `??`: the first value that decides, or else the last.
    fn first(&mut self, call: &'a Call, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> Outcome {
        let mut list = Value::Null;
        let count = self.open(call, scope, &mut list)?;
        *out = Value::Null;
        for index in 0..count {
            self.take(call, &list, index, scope, out)?;
            let decided = match call.op {
                Op::And => !self.heap.truthy(out),
                Op::Or => self.heap.truthy(out),
                _ => !matches!(out, Value::Null),
            };
            if decided {
                break;
            }
        }
        Ok(())
    }

    fn choice(&mut self, call: &'a Call, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> Outcome {
        let mut index = 0;
        while index + 1 < call.args.len() {
            self.arg(call, index, scope, out)?;
            if self.heap.truthy(out) {
                index += 1;
                break;
            }
            index += 2;
        }
        self.arg(call, index, scope, out)
    }

    /// The first argument that does not fail; later ones see the fault as their data.
    fn attempt(&mut self, call: &'a Call, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> Outcome {
        let mut result = self.arg(call, 0, scope, out);
        for index in 1..call.args.len() {
            let kind = match result {
                Err(Code::Thrown) => "",
                Err(Code::NotANumber) => "NaN",
                Err(Code::Arguments) => "Invalid Arguments",
                // A limit is a limit.
                _ => return result,
            };
            let mut data = self.thrown;
            if !kind.is_empty() {
                self.map(Names::Fault, [Value::Str(kind)].into(), &mut data)?;
            }
            self.trace.clear();
            result = self.arg(call, index, &Scope { data, index: 0, up: Some(scope) }, out);
        }
        result
    }

    fn arithmetic(
        &mut self,
        call: &'a Call,
        scope: &Scope<'_, 'a>,
        out: &mut Value<'a>,
    ) -> Outcome {
        let mut list = Value::Null;
        let count = self.open(call, scope, &mut list)?;
        let mut total = match (call.op, count) {
            (Op::Add, _) => 0.0,
            (Op::Mul, _) => 1.0,
            (_, 0) | (Op::Rem, 1) => return Err(Code::Arguments),
            (Op::Div, 1) => 1.0,
            _ => 0.0,
        };
        for index in 0..count {
            self.take(call, &list, index, scope, out)?;
            let number = self.heap.number(out).ok_or(Code::NotANumber)?;
            total = match call.op {
                Op::Add => total + number,
                Op::Mul => total * number,
                _ if index == 0 && count > 1 => number,
                Op::Sub => total - number,
                Op::Div => total / number,
                _ => remainder(total, number),
            };
        }
        *out = Value::Number(total);
        if total.is_finite() { Ok(()) } else { Err(Code::NotANumber) }
    }

    fn extreme(&mut self, call: &'a Call, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> Outcome {
        let mut list = Value::Null;
        let count = self.open(call, scope, &mut list)?;
        let mut best = None;
        for index in 0..count {
            self.take(call, &list, index, scope, out)?;
            let Value::Number(number) = *out else { return Err(Code::Arguments) };
            match best {
                Some(best) if (number > best) != (call.op == Op::Max) => {}
                _ => best = Some(number),
            }
        }
        *out = Value::Number(best.ok_or(Code::Arguments)?);
        Ok(())
    }

    fn contains(&mut self, call: &'a Call, scope: &Scope<'_, 'a>, out: &mut Value<'a>) -> Outcome {
        let mut needle = Value::Null;
        self.arg(call, 0, scope, &mut needle)?;
        self.arg(call, 1, scope, out)?;
        let found = if self.heap.as_text(out).is_some() {
            if self.heap.as_text(&needle).is_none() {
                let text = self.text(&needle)?;
                needle = self.heap.text(text);
            }
            let text = self.heap.as_text(out).unwrap_or_default();
            let part = self.heap.as_text(&needle).unwrap_or_default();
            let cost = text.len().saturating_mul(part.len()) / 64;
            self.steps = self.steps.checked_sub(cost).ok_or(Code::TooManySteps)?;
            search(text.as_bytes(), part.as_bytes())
        } else {
            let count = self.heap.len(out).unwrap_or(0);
            self.pay(count)?;
            match (&*out, self.heap.as_text(&needle)) {
                // Most lists are constants of the rule.
                (Value::Json(Json::Array(items)), Some(text)) => {
                    items.iter().any(|item| item.as_str() == Some(text))
                }
                _ => (0..count).any(|index| self.heap.same(&needle, &self.heap.item(out, index))),
            }
        };
        *out = Value::Bool(found);
        Ok(())
    }
}

fn number<'a>(count: usize) -> Value<'a> {
    Value::Number(f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
}

/// The characters of a text, without the fast and large way of `core`.
pub(super) fn characters(text: &str) -> usize {
    text.as_bytes().iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// Whether `part` is in `text`, without the fast and large way of `core`.
fn search(text: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else { return true };
    text.windows(part.len()).any(|window| window.first() == Some(first) && window == part)
}
