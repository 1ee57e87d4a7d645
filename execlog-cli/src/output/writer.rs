use super::Screen;
use crate::failure::Failure;
use execlog::RunEntry;

/// Writes runs in some format.
pub(super) trait Writer {
    fn begin(&mut self, _: &mut Screen) -> Result<(), Failure> {
        Ok(())
    }

    fn run(&mut self, run: RunEntry, screen: &mut Screen) -> Result<(), Failure>;

    /// Writes what was held back to be laid out with what follows.
    fn flush(&mut self, _: &mut Screen) -> Result<(), Failure> {
        Ok(())
    }

    fn end(&mut self, _: &mut Screen) -> Result<(), Failure> {
        Ok(())
    }
}
