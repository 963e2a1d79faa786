package dev.matviews.controller;

import java.util.concurrent.ThreadFactory;

/** Threads of one purpose; none of them keeps the process from ending. */
record DaemonThreads(String name) implements ThreadFactory {

  @Override
  public Thread newThread(Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }
}
