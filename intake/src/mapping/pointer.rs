//! Where in a body a value is: a JSON pointer (RFC 6901), from the event's own part of it or, behind `root:`, from the
//! whole.
//!
//! Bounds: [`CHARS_MAX`] characters, [`DEPTH_MAX`] steps. `null` is not there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use polso_core::{DEPTH_MAX, Reason};

use super::node::{Kind, Member, Node, only};

/// Longest pointer in the configuration, in bytes.
const CHARS_MAX: usize = 256;

/// What a pointer looks like, for problems.
pub(super) const EXPECTED: &str =
    "a JSON pointer, like \"/customer/id\", or one from the whole body, like \"root:/created\"";

/// Where a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pointer {
    /// As it is configured.
    text: String,
    is_from_root: bool,
    steps: Vec<String>,
}

/// The part of a body that tells one event, and the whole body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a, 'p> {
    pub(crate) root: &'p Part<'a>,
    pub(crate) item: &'p Part<'a>,
}

/// A part of a body. What is in the objects on the way of pointers is remembered, since most pointers begin alike.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    node: Node<'a>,
    /// The members of an object, by where it begins.
    objects: RefCell<BTreeMap<*const u8, Rc<Vec<Member<'a>>>>>,
}

impl<'a> Part<'a> {
    pub(crate) const fn new(node: Node<'a>) -> Self {
        Self { node, objects: RefCell::new(BTreeMap::new()) }
    }

    pub(crate) const fn node(&self) -> Node<'a> {
        self.node
    }

    /// The part as a body of its own.
    pub(crate) const fn scope(&self) -> Scope<'a, '_> {
        Scope { root: self, item: self }
    }

    fn member(&self, object: Node<'a>, name: &str) -> Result<Option<Node<'a>>, Reason> {
        let place = object.raw().as_ptr();
        let known = self.objects.borrow().get(&place).cloned();
        let members = match known {
            Some(members) => members,
            None => {
                let members = Rc::new(object.members()?);
                self.objects.borrow_mut().insert(place, Rc::clone(&members));
                members
            }
        };
        only(&members, name)
    }
}

impl Pointer {
    /// The pointer that a text is; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_from_root, path) = match text.strip_prefix("root:") {
            Some(path) => (true, path),
            None => (false, text),
        };
        let mut steps = path.split('/');
        let is_whole = steps.next()?.is_empty();
        let steps: Option<Vec<String>> = steps.map(step).collect();
        let steps =
            steps.filter(|steps| is_whole && steps.len() < DEPTH_MAX && text.len() <= CHARS_MAX)?;
        Some(Self { text: text.to_owned(), is_from_root, steps })
    }

    /// Where it leads, for messages.
    pub(crate) fn place(&self) -> String {
        match self.text.as_str() {
            "" | "root:" => "the top of the body".to_owned(),
            text => format!("`{text}`"),
        }
    }

    /// As it is configured.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The value there, if there is one.
    ///
    /// # Errors
    /// Why the way there cannot be told.
    pub(crate) fn find<'a>(&self, scope: Scope<'a, '_>) -> Result<Option<Node<'a>>, Reason> {
        let part = if self.is_from_root { scope.root } else { scope.item };
        let mut node = part.node;
        for step in &self.steps {
            let next = match node.kind() {
                Kind::List => position(step).and_then(|at| node.elements()?.into_iter().nth(at)),
                _ => part.member(node, step)?,
            };
            match next {
                Some(next) => node = next,
                None => return Ok(None),
            }
        }
        Ok(Some(node).filter(|node| node.kind() != Kind::Null))
    }
}

/// One step without its escapes: `~1` is `/`, `~0` is `~`.
fn step(text: &str) -> Option<String> {
    let mut rest = text.split('~');
    let mut step = rest.next()?.to_owned();
    for escaped in rest {
        let (meant, after) = match escaped.as_bytes().first()? {
            b'0' => ('~', escaped.get(1..)?),
            b'1' => ('/', escaped.get(1..)?),
            _ => return None,
        };
        step.push(meant);
        step.push_str(after);
    }
    Some(step)
}

/// The position in a list that a step names: digits without zeros before them.
fn position(step: &str) -> Option<usize> {
    let plain =
        step.bytes().all(|byte| byte.is_ascii_digit()) && (step == "0" || !step.starts_with('0'));
    step.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6901, section 5, one level down.
    const BODY: &str = r#"{"root":1,"item":{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"none":null}}"#;

    #[track_caller]
    fn check(pointer: &str, expected: Option<&str>) {
        let node = Node::parse(BODY).unwrap();
        let item = Part::new(node.member("item").unwrap().unwrap());
        let scope = Scope { root: &Part::new(node), item: &item };
        let pointer = Pointer::parse(pointer).unwrap();
        for _ in 0..2 {
            let found = pointer.find(scope).unwrap();
            assert_eq!(found.map(Node::raw), expected, "{}", pointer.text());
        }
    }

    #[test]
    fn finds_as_rfc_6901_says() {
        check("/foo", Some(r#"["bar","baz"]"#));
        check("/foo/0", Some(r#""bar""#));
        check("/", Some("0"));
        check("/a~1b", Some("1"));
        check("/c%d", Some("2"));
        check("/e^f", Some("3"));
        check("/g|h", Some("4"));
        check("/i\\j", Some("5"));
        check("/k\"l", Some("6"));
        check("/ ", Some("7"));
        check("/m~0n", Some("8"));
    }

    #[test]
    fn finds_nothing_elsewhere() {
        for none in [
            "/foo/2", "/foo/00", "/foo/-", "/foo/+1", "/foo/0/x", "/root", "/none", "/none/x",
            "/foo/",
        ] {
            check(none, None);
        }
    }

    #[test]
    fn starts_from_the_root_where_it_says_so() {
        check("root:/root", Some("1"));
        check("root:/item/foo/1", Some(r#""baz""#));
        check("root:", Some(BODY));
        check(
            "",
            Some(BODY.strip_prefix(r#"{"root":1,"item":"#).unwrap().strip_suffix('}').unwrap()),
        );
    }

    #[test]
    fn has_a_form_and_bounds() {
        let long = |length: usize| format!("/{}", "x".repeat(length - 1));
        let deep = |steps: usize| "/x".repeat(steps);
        for good in ["", "/", "//", "root:", "/~0~1", &long(255), &long(256), &deep(30), &deep(31)]
        {
            assert!(Pointer::parse(good).is_some(), "{good}");
        }
        for bad in
            ["x", "x/y", "Root:/x", "root:x", "/~", "/~2", "#/x", "$.x", &long(257), &deep(32)]
        {
            assert!(Pointer::parse(bad).is_none(), "{bad}");
        }
    }
}
