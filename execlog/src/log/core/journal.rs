//! Reading the journal of seals, page by page.

use super::Core;
use crate::error::Result;
use crate::log::threads::Store;
use crate::seal::Seal;

impl<T: Store> Core<T> {
    /// The seals after this place, in order. An error ends the iteration.
    pub(in crate::log) fn seals_after(
        &self,
        place: u64,
    ) -> impl Iterator<Item = Result<Seal>> + use<'_, T> {
        const PAGE: usize = 16_384;
        let store = self.store();
        let mut page = Vec::new().into_iter();
        let mut last = Some(place);
        std::iter::from_fn(move || {
            if page.len() == 0 {
                match store.seals_after(last.take()?, PAGE) {
                    Ok(seals) => {
                        last = seals.last().map(|seal| seal.sequence);
                        page = seals.into_iter();
                    }
                    Err(error) => return Some(Err(error)),
                }
            }
            page.next().map(Ok)
        })
    }
}
