//! What each format implements.

use super::screen::Screen;
use crate::failure::Failure;
use crate::runs::listed::Listed;

/// Writes runs in a format.
pub(super) trait Writer {
    fn begin(&mut self, _: &mut Screen) -> Result<(), Failure> {
        Ok(())
    }

    fn run(&mut self, run: Listed<'_>, screen: &mut Screen) -> Result<(), Failure>;

    /// Writes runs that are held back to be laid out with those that follow.
    fn flush(&mut self, _: &mut Screen) -> Result<(), Failure> {
        Ok(())
    }

    fn end(&mut self, _: &mut Screen) -> Result<(), Failure> {
        Ok(())
    }
}
