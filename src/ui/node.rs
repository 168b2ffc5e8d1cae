//! One small view type for every screen: an element, a text, or nothing.
//!
//! Leptos' own typed views compile to a separate build and rebuild for every shape of a screen:
//! here that was a third of the module. All screens share the one pair below, which changes what
//! differs and keeps everything else in place: the focus, the pressed picture. The DOM's own errors
//! are dropped: nodes are only ever put where they belong. It sets texts and attributes only, never
//! markup, so that Trusted Types have nothing to object to.

use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};

/// A piece of a screen.
pub(crate) enum Node {
    Nothing,
    Text(String),
    Element(Box<ElementNode>),
}

/// An element to be.
pub(crate) struct ElementNode {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

/// An element of a tag, with attributes and children.
pub(crate) fn el(
    tag: &'static str,
    attributes: &[(&'static str, &str)],
    children: Vec<Node>,
) -> Node {
    let attributes = attributes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Node::Element(Box::new(ElementNode { tag, attributes, children }))
}

/// A text.
pub(crate) fn text(text: String) -> Node {
    Node::Text(text)
}

impl From<Option<Node>> for Node {
    fn from(node: Option<Node>) -> Node {
        node.unwrap_or(Node::Nothing)
    }
}

/// What stands on the page.
pub(crate) struct NodeState {
    dom: web_sys::Node,
    kind: Kind,
}

enum Kind {
    Text(String),
    Element(Box<ElementState>),
}

struct ElementState {
    dom: web_sys::Element,
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<NodeState>,
}

impl Render for Node {
    type State = NodeState;

    fn build(self) -> NodeState {
        let document = leptos::tachys::dom::document();
        let text = match self {
            Node::Element(node) => match document.create_element(node.tag) {
                Ok(dom) => return build_element(dom, *node),
                // Tags are our own constants; every one of them is a tag.
                Err(_) => String::new(),
            },
            Node::Text(text) => text,
            Node::Nothing => String::new(),
        };
        NodeState { dom: document.create_text_node(&text).into(), kind: Kind::Text(text) }
    }

    fn rebuild(self, state: &mut NodeState) {
        match (self, &mut state.kind) {
            (Node::Text(text), Kind::Text(known)) => {
                if *known != text {
                    state.dom.set_node_value(Some(&text));
                    *known = text;
                }
            }
            (Node::Nothing, Kind::Text(known)) if known.is_empty() => {}
            (Node::Element(node), Kind::Element(known)) if node.tag == known.tag => {
                known.change(*node);
            }
            (other, _) => {
                let next = other.build();
                if let Some(parent) = state.dom.parent_node() {
                    // It is a child of that very parent, so this cannot fail.
                    drop(parent.replace_child(&next.dom, &state.dom));
                }
                *state = next;
            }
        }
    }
}

fn build_element(dom: web_sys::Element, node: ElementNode) -> NodeState {
    let mut state = ElementState {
        dom: dom.clone(),
        tag: node.tag,
        attributes: Vec::new(),
        children: Vec::new(),
    };
    state.change(node);
    NodeState { dom: dom.into(), kind: Kind::Element(Box::new(state)) }
}

impl ElementState {
    fn change(&mut self, node: ElementNode) {
        for (name, value) in &node.attributes {
            if !self.attributes.iter().any(|(known, old)| known == name && old == value) {
                // Names are our own constants; every one of them is a name.
                self.dom.set_attribute(name, value).unwrap_or(());
            }
        }
        for (name, _) in &self.attributes {
            if !node.attributes.iter().any(|(kept, _)| kept == name) {
                self.dom.remove_attribute(name).unwrap_or(());
            }
        }
        self.attributes = node.attributes;
        let mut wanted = node.children.into_iter();
        let mut kept = 0;
        for (child, next) in self.children.iter_mut().zip(wanted.by_ref()) {
            next.rebuild(child);
            kept += 1;
        }
        for mut gone in self.children.drain(kept..) {
            gone.unmount();
        }
        for next in wanted {
            let child = next.build();
            drop(self.dom.append_child(&child.dom));
            self.children.push(child);
        }
    }
}

impl Mountable for NodeState {
    fn unmount(&mut self) {
        if let Some(parent) = self.dom.parent_node() {
            drop(parent.remove_child(&self.dom));
        }
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        drop(parent.insert_before(&self.dom, marker));
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some(parent) = self.dom.parent_element() else { return false };
        child.mount(&parent, Some(&self.dom));
        true
    }

    fn elements(&self) -> Vec<types::Element> {
        match &self.kind {
            Kind::Element(element) => vec![element.dom.clone()],
            Kind::Text(_) => Vec::new(),
        }
    }
}

/// The widget is drawn in browsers only: there is no HTML to be written on a server, and so
/// nothing to be hydrated.
impl RenderHtml for Node {
    type AsyncOutput = Node;
    type Owned = Node;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Node {
        self
    }

    fn to_html_with_buf(
        self,
        _buf: &mut String,
        _position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        _cursor: &Cursor,
        _position: &PositionState,
    ) -> NodeState {
        self.build()
    }

    fn into_owned(self) -> Node {
        self
    }
}

impl AddAnyAttr for Node {
    type Output<SomeNewAttr: Attribute> = Node;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Node {
        self
    }
}
