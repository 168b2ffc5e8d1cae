//! One small view type for every screen: an element, a text in one, or nothing.
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

/// An element to be: with children, or with a text.
pub(crate) struct ElementNode {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<Node>,
}

/// An element of a tag, with attributes and children. A text always belongs to an element and is set
/// through it: page translators and extensions replace the nodes of texts.
pub(crate) fn el(
    tag: &'static str,
    attributes: &[(&'static str, &str)],
    mut children: Vec<Node>,
) -> Node {
    let attributes = attributes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let text = match children.as_mut_slice() {
        [Node::Text(text)] => Some(std::mem::take(text)),
        _ => None,
    };
    if text.is_some() {
        children.clear();
    }
    Node::Element(Box::new(ElementNode { tag, attributes, text, children }))
}

/// A text; beside other children it stands in a `span` of its own.
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
    /// A comment holds the place: unlike an empty text it is never tidied away.
    Nothing,
    Element(Box<ElementState>),
}

struct ElementState {
    dom: web_sys::Element,
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<NodeState>,
}

const SVG: &str = "http://www.w3.org/2000/svg";

fn create(tag: &str) -> Option<web_sys::Element> {
    let document = leptos::tachys::dom::document();
    // Tags are our own constants; every one of them is a tag.
    match tag {
        "svg" | "path" => document.create_element_ns(Some(SVG), tag).ok(),
        _ => document.create_element(tag).ok(),
    }
}

impl Render for Node {
    type State = NodeState;

    fn build(self) -> NodeState {
        let node = match self {
            Node::Element(node) => *node,
            Node::Text(text) => span(text),
            Node::Nothing => return NodeState::nothing(),
        };
        match create(node.tag) {
            Some(dom) => build_element(dom, node),
            None => NodeState::nothing(),
        }
    }

    fn rebuild(self, state: &mut NodeState) {
        let node = match (self, &state.kind) {
            (Node::Nothing, Kind::Nothing) => return,
            (Node::Nothing, Kind::Element(_)) => None,
            (Node::Text(text), _) => Some(span(text)),
            (Node::Element(node), _) => Some(*node),
        };
        match (node, &mut state.kind) {
            (Some(node), Kind::Element(known)) if node.tag == known.tag => known.change(node),
            (node, _) => {
                let node = node.map_or(Node::Nothing, |node| Node::Element(Box::new(node)));
                let next = node.build();
                if let Some(parent) = state.dom.parent_node() {
                    // It is a child of that very parent, so this cannot fail.
                    drop(parent.replace_child(&next.dom, &state.dom));
                }
                *state = next;
            }
        }
    }
}

fn span(text: String) -> ElementNode {
    ElementNode { tag: "span", attributes: Vec::new(), text: Some(text), children: Vec::new() }
}

fn build_element(dom: web_sys::Element, node: ElementNode) -> NodeState {
    let mut state = ElementState {
        dom: dom.clone(),
        tag: node.tag,
        attributes: Vec::new(),
        text: None,
        children: Vec::new(),
    };
    state.change(node);
    NodeState { dom: dom.into(), kind: Kind::Element(Box::new(state)) }
}

impl NodeState {
    fn nothing() -> NodeState {
        let dom = leptos::tachys::dom::document().create_comment("").into();
        NodeState { dom, kind: Kind::Nothing }
    }
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
        if self.text != node.text {
            self.children.clear();
            self.dom.set_text_content(Some(node.text.as_deref().unwrap_or_default()));
            self.text = node.text;
        }
        if self.text.is_none() {
            self.change_children(node.children);
        }
    }

    fn change_children(&mut self, wanted: Vec<Node>) {
        let mut wanted = wanted.into_iter();
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
        self.put_back_lost_children();
    }

    /// A script of the page, an extension or a translator may have taken a child away: then all of them
    /// are put back, in order.
    fn put_back_lost_children(&self) {
        let parent: &web_sys::Node = &self.dom;
        let is_here = |child: &NodeState| child.dom.parent_node().as_ref() == Some(parent);
        if self.children.iter().all(is_here) {
            return;
        }
        self.dom.set_text_content(None);
        for child in &self.children {
            drop(self.dom.append_child(&child.dom));
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
            Kind::Nothing => Vec::new(),
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
