package io.mooring.gateway.listeners;

/** A change of the listeners that has been prepared. */
@FunctionalInterface
public interface ListenerChange {

    /** Makes it. To be called once. */
    void commit();
}
