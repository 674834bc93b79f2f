// What the machine itself does to a sleeper: sleeps of 1 ms beside 3 spinning threads; prints p50, p99, p99.9 and the
// worst lateness in microseconds.   -- SAMPLES
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static volatile int stop;
static void *spin(void *unused) {
  (void)unused;
  while (!stop) {}
  return 0;
}
static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}
static int ascending(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 4000;
  long *late = malloc(sizeof(long) * (size_t)n);
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i) pthread_create(&threads[i], 0, spin, 0);
  prctl(PR_SET_TIMERSLACK, 1);
  for (int i = 0; i < n; ++i) {
    struct timespec nap = {0, 1000000};
    long before = now();
    nanosleep(&nap, 0);
    late[i] = (now() - before - 1000000) / 1000;
  }
  stop = 1;
  qsort(late, (size_t)n, sizeof(long), ascending);
  printf("%ld %ld %ld %ld\n", late[n / 2], late[n * 99L / 100], late[n * 999L / 1000], late[n - 1]);
  return 0;
}
