/* Two lanes of doubles, and the few operations the kernels need. No library, no fused multiply-add, no reassociation:
   every function is the same sequence of roundings as its JavaScript twin. */
#pragma once
#include <wasm_simd128.h>

typedef v128_t vec;
typedef unsigned long long u64;
#define EXPORT __attribute__((visibility("default")))

static inline vec load(const double *p) { return wasm_v128_load(p); }
static inline void store(double *p, vec v) { wasm_v128_store(p, v); }
static inline vec splat(double x) { return wasm_f64x2_splat(x); }
static inline vec add(vec a, vec b) { return wasm_f64x2_add(a, b); }
static inline vec sub(vec a, vec b) { return wasm_f64x2_sub(a, b); }
static inline vec mul(vec a, vec b) { return wasm_f64x2_mul(a, b); }
static inline vec quot(vec a, vec b) { return wasm_f64x2_div(a, b); }
static inline vec choose(vec mask, vec yes, vec no) { return wasm_v128_bitselect(yes, no, mask); }
static inline double lane0(vec v) { return wasm_f64x2_extract_lane(v, 0); }
static inline double lane1(vec v) { return wasm_f64x2_extract_lane(v, 1); }
static inline vec bits(u64 b) { return wasm_i64x2_splat((long long)b); }
