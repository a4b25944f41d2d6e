/* A machine or a build that lacks what a test needs: the test is skipped in sight, and so is its program, once the rest has passed.
 *
 *     int main(void) { ... return lack_ended(cmocka_run_group_tests(tests, NULL, NULL)); } */
#ifndef BURIN_TESTS_SUPPORT_LACK_H
#define BURIN_TESTS_SUPPORT_LACK_H

/* Says what is lacking and skips the running cmocka test: it does not return. What was made before is left to the caller to release first. */
void lack(const char *what);

/* The program's exit code: 1 when tests failed, 77 (skipped, to ctest) when any lacked something, 0. */
int lack_ended(int failed);

#endif
