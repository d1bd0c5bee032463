package io.mooring.l4;

/** A client's connection at some stage of its life, as its listener sees it. */
interface OpenConnection {

    /** Ends it from outside; may be called by any thread. */
    void stop();
}
