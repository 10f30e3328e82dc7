//! Walks through a list page by page.

use serde_json::{Value, json};

use crate::client::Client;

/// Which way a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By `first` and `after`.
    Forwards,
    /// By `last` and `before`.
    Backwards,
}

/// A list to walk through: `field` with `arguments` beside those of paging, `{ a: 1 }` without the braces.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// The root field.
    pub field: &'a str,
    /// Its other arguments.
    pub arguments: &'a str,
}

impl List<'_> {
    /// Ids of the whole list in one page of 100, and how many it says it has.
    pub async fn whole(&self, client: &Client) -> (Vec<String>, u64) {
        let page = self.page(client, json!({ "first": 100 })).await;
        (ids(&page), page["totalCount"].as_u64().expect("a count"))
    }

    /// Ids of the list in its order, read in pages of `size`.
    pub async fn walk(&self, client: &Client, size: usize, way: Way) -> Vec<String> {
        let (count, cursor, more, end) = match way {
            Way::Forwards => ("first", "after", "hasNextPage", "endCursor"),
            Way::Backwards => ("last", "before", "hasPreviousPage", "startCursor"),
        };
        let mut all: Vec<String> = Vec::new();
        let mut place = Value::Null;
        loop {
            let page = self.page(client, json!({ count: size, cursor: place })).await;
            let ids = ids(&page);
            let last = page["pageInfo"][more] == json!(false);
            assert!(ids.len() == size || last && ids.len() < size, "a page of {size} has {}", ids.len());
            match way {
                Way::Forwards => all.extend(ids),
                Way::Backwards => all = ids.into_iter().chain(all).collect(),
            }
            assert!(all.len() <= 1_000, "the walk does not end");
            if last {
                return all;
            }
            place = page["pageInfo"][end].clone();
        }
    }

    /// Walks both ways with each page size and expects the whole list each time; the list.
    pub async fn walks(&self, client: &Client, sizes: &[usize]) -> Vec<String> {
        let (whole, count) = self.whole(client).await;
        assert_eq!(count, whole.len() as u64, "{self:?}");
        for size in sizes {
            for way in [Way::Forwards, Way::Backwards] {
                assert_eq!(self.walk(client, *size, way).await, whole, "{self:?} by {size}, {way:?}");
            }
        }
        whole
    }

    async fn page(&self, client: &Client, variables: Value) -> Value {
        let query = format!(
            "query($first: Int, $after: String, $last: Int, $before: String) {{
                {}(first: $first, after: $after, last: $last, before: $before, {}) {{
                    totalCount nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}",
            self.field, self.arguments
        );
        client.send(&query, variables).await.data()[self.field].clone()
    }
}

fn ids(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().expect("nodes");
    nodes.iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
}
