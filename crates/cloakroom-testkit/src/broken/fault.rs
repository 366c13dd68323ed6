//! What can be wrong with a store.

/// Makes the enum and the list of its variants from one list.
macro_rules! faults {
    ($($(#[$doc:meta])+ $fault:ident,)+) => {
        /// The one thing that is wrong with a [`BrokenStore`](super::BrokenStore).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[$doc])+ $fault,)+
        }

        impl Fault {
            /// Every fault there is.
            pub const ALL: &[Self] = &[$(Self::$fault),+];
        }
    };
}

faults! {
    /// An unknown session is an error.
    LoadFailsOnUnknown,
    /// A load judges expiry by a clock of the store's.
    LoadHidesExpired,
    /// `load_now` keeps what was once read, and nothing that happens changes it.
    LoadNowKeepsWhatItRead,
    /// Bodies are cut at 255 octets.
    BodiesAreCut,
    /// Subjects are folded to lower case as they are kept.
    SubjectsAreFolded,
    /// IPv4 addresses within IPv6 are taken out of it.
    AddressesAreUnmapped,
    /// Timestamps go through a floating-point number.
    TimestampsAreRounded,
    /// Timestamps keep 63 bits.
    TimestampsWrap,
    /// IDs are compared without case, as text is in many databases.
    IdsAreFolded,
    /// Errors carry another name than the store's.
    ErrorsAreMisnamed,
    /// A dropped future keeps its connection, until there are none.
    DroppedFuturesLeak,

    /// An ID has another place each time that it is asked for.
    PlacesWander,
    /// An insert begins at a version of its own.
    InsertBeginsAtZero,
    /// An insert overwrites what has its ID.
    InsertOverwrites,
    /// An insert ends the session to replace before it finds its ID taken.
    InsertEndsPredecessorOfDuplicate,
    /// An insert leaves the session that it replaces.
    InsertKeepsPredecessor,
    /// An insert does not mind that the session to replace was written.
    InsertIgnoresVersion,
    /// An insert creates although the session to replace is gone.
    InsertThoughGone,
    /// An insert ends the old session first and creates the new one later.
    InsertInTwoSteps,
    /// An insert looks first and acts later.
    InsertChecksThenActs,
    /// An insert ends a session beside it.
    InsertEndsNeighbour,

    /// A replace creates what is not there.
    ReplaceCreates,
    /// A replace does not compare versions.
    ReplaceIgnoresVersion,
    /// A replace overwrites a newer touch.
    ReplaceUndoesTouch,
    /// A replace keeps the two timestamps of whichever row was seen last, as a pair.
    ReplaceKeepsTimestampsAsPair,
    /// A replace sets the version back to the first.
    ReplaceResetsVersion,
    /// A replace by an equal row keeps the version.
    ReplaceByEqualKeepsVersion,
    /// A replace writes the body and the timestamps alone.
    ReplaceForgetsColumns,
    /// A replace compares first and writes later.
    ReplaceChecksThenWrites,
    /// A replace writes the body first and the rest later.
    ReplaceInTwoSteps,
    /// A replace writes a session beside it.
    ReplaceWritesNeighbour,
    /// A replace reads first, and later puts its row back whatever happened meanwhile.
    ReplaceBringsBack,

    /// A touch creates what is not there.
    TouchCreates,
    /// A touch sets what it is given, earlier or later.
    TouchMovesBack,
    /// A touch changes the version.
    TouchChangesVersion,
    /// A touch moves both timestamps or none.
    TouchMovesTimestampsAsPair,
    /// A touch moves one timestamp first and the other later.
    TouchInTwoSteps,
    /// A touch moves a session beside it.
    TouchMovesNeighbour,
    /// A touch empties a column.
    TouchEmptiesColumn,
    /// A touch judges expiry by a clock of the store's.
    TouchJudges,
    /// A touch reads first, and later puts its row back whatever happened meanwhile.
    TouchBringsBack,

    /// A revoke leaves the index entry.
    RevokeLeavesIndexEntry,
    /// A revoke always says that it ended the session.
    RevokeAlwaysSaysDone,
    /// A revoke ends a session beside it.
    RevokeEndsNeighbour,
    /// A revoke hides the session from loads, and a replace shows it again.
    RevokeOnlyHides,
    /// A revoke empties the row first and removes it later.
    RevokeInTwoSteps,
    /// A revoke looks first and removes later.
    RevokeChecksThenActs,

    /// A purge spares rows that expire at the very moment.
    PurgeSparesNow,
    /// A purge takes any number of rows.
    PurgeIgnoresRowsMax,
    /// A purge stops after three rows, whatever it was asked for.
    PurgeStopsEarly,
    /// A purge goes by when a session was to end when it began.
    PurgeGoesByFirstEnd,
    /// A purge never takes a session that was prolonged.
    PurgeForgetsProlonged,
    /// A purge takes a live row too.
    PurgeTakesLive,
    /// A purge counts rows that were ended before.
    PurgeCountsEnded,
    /// A purge hides rows from loads, and a replace shows them again.
    PurgeOnlyHides,
    /// A purge reads a large number of rows as a negative one.
    PurgeOverflows,
    /// A purge looks first and removes later.
    PurgeChecksThenRemoves,

    /// Sign-ins do not enter the index.
    SignInsAreNotListed,
    /// Plain inserts do not enter the index.
    InsertsAreNotListed,
    /// A list leaves expired sessions out.
    ListOmitsExpired,
    /// A list has the newest session first.
    ListHasNewestFirst,
    /// A list ends after a hundred sessions.
    ListStopsAtHundred,
    /// A list has the sessions of every subject that begins alike.
    ListMatchesPrefixes,
    /// A list shows rows as they were inserted.
    ListShowsRowsAsInserted,
    /// Subjects are compared without case in the index.
    IndexIgnoresCase,
    /// A session stays with its first subject in the index.
    IndexKeepsFirstSubject,
    /// Sessions that were replaced, evicted or purged stay in the index.
    EndedStayListed,
    /// A purge takes index entries of sessions that it spares.
    PurgeUnlistsProlonged,
    /// A page takes the first by the last octet of their IDs, and the next one goes on by the first octet.
    PageSortsOtherwise,
    /// A page begins with the session that the one before ended with.
    PageRepeatsItsStart,
    /// A page has any number of rows.
    PageIgnoresRowsMax,
    /// Pages leave visitors' sessions out.
    PageOmitsVisitors,
    /// A search does not mind where a session was begun from.
    SearchIgnoresAddress,
    /// A search is over with the first page of which nothing is wanted.
    SearchEndsWithEmptyPage,

    /// A sign-in leaves the session that it replaces.
    SignInKeepsPredecessor,
    /// A sign-in does not mind that the session to replace was written.
    SignInIgnoresVersion,
    /// A sign-in keeps no address.
    SignInForgetsColumns,
    /// A sign-in ends the old sessions first and creates the new one later.
    SignInInTwoSteps,
    /// A sign-in looks at the session to replace first and acts later.
    SignInChecksThenActs,

    /// A cap lets in one more.
    CapLetsInOneMore,
    /// A cap lets in one less.
    CapLetsInOneLess,
    /// A cap is looked at first and kept later.
    CapChecksThenActs,
    /// A cap counts expired sessions.
    CapCountsExpired,
    /// A cap evicts the newest.
    CapEvictsNewest,
    /// A cap counts the session that is replaced.
    CapCountsReplaced,
    /// A cap counts the sessions of everybody.
    CapCountsEverybody,
    /// A cap that refuses ends the session to replace.
    CapRefusesButReplaces,
    /// A cap goes by when a session was to end when it began.
    CapGoesByFirstEnd,
    /// A cap names sessions as evicted and leaves them.
    CapOnlyNamesEvicted,
    /// A cap takes any session that is replaced for one of the subject's.
    CapMakesRoomForAnyReplaced,
    /// A cap counts sessions that have ended.
    CapCountsEnded,

    /// Fences are not looked at.
    FenceIsIgnored,
    /// Fences stop nobody when everyone is revoked.
    FenceIgnoresEveryone,
    /// Revoking a subject without sessions does not fence.
    FenceNeedsSessions,
    /// Revoking all but one session does not fence.
    FenceNeedsNoSpare,
    /// A revocation fences sign-ins of everybody.
    FenceStopsOthers,
    /// A revocation fences sign-ins that begin after it.
    FenceStopsLater,
    /// A fenced sign-in ends the session to replace.
    FencedButReplaces,
    /// Revoking one session fences its subject's sign-ins.
    FenceIsSetByRevoke,
    /// A purge forgets the revocations.
    FenceIsPurged,
    /// A fence is looked at first and kept later.
    FenceChecksThenActs,
    /// A restart forgets the revocations.
    FenceIsForgottenAtRestart,

    /// Revoking a subject ends the session to spare too.
    RevocationForgetsSpare,
    /// Revoking a subject, or everyone, looks first and ends later what it saw.
    RevocationListsThenEnds,
    /// Revoking a subject ends one session first and the others later.
    RevocationInTwoSteps,
    /// Revoking a subject leaves expired sessions.
    RevocationOmitsExpired,
    /// Revoking a subject ends visitors' sessions too.
    RevocationEndsVisitors,
    /// Revoking a subject returns the first that it ended alone.
    RevocationReturnsOne,
    /// Revoking everyone leaves visitors' sessions.
    EveryoneSparesVisitors,
    /// Revoking everyone counts subjects' sessions alone.
    EveryoneCountsSubjectsOnly,
    /// Revoking everyone fences whoever comes later too.
    EveryoneIsForGood,
    /// Revoking everyone ends one session first and the others later.
    EveryoneInTwoSteps,

    /// Each node keeps what it read.
    NodeCachesReads,
    /// Each node keeps what it replaced and writes it later.
    NodeWritesBehind,
}
