//! Lines 29 to 32 and 35, and the rows of SYN, ATR and PFX that show on the wire.

mod attributes;
mod caching;
mod confined;
mod duplicates;
mod hostile;
mod names;
mod syntax;
