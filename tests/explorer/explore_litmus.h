/* SPDX-License-Identifier: MIT */
/*
 * Litmus tests: small programs of atomic accesses for which C11 says whether an
 * outcome is allowed.
 */
#ifndef EXPLORE_LITMUS_H
#define EXPLORE_LITMUS_H

enum { X, Y, Z, VARIABLES };
enum { A, B, C, D, REGISTERS };

enum kind { END, LOAD, STORE, ADD, EXCHANGE, CAS, FENCE };
struct op {
	enum kind kind;
	int variable, value, order;
	int to;       /* a register; of CAS, what it has read if it failed */
	int failure;  /* order of a CAS that expects 99 */
};

#define ANY (-1)
#define OPS 4
enum verdict { FORBIDDEN, SEEN, NOT_SHOWN };
struct litmus {
	const char *name;
	enum verdict verdict;
	struct op threads[4][OPS];
	int registers[REGISTERS]; /* the outcome; ANY: does not matter */
	int finally[VARIABLES];
};

extern const struct litmus litmus[];
extern const int litmuses;

#endif /* EXPLORE_LITMUS_H */
