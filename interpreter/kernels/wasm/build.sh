#!/bin/sh
# Compiles the SIMD kernels and writes them into module.ts as base64. Needs clang and lld with the wasm32 target (14 or newer);
# users of the package never run this.
set -e
cd "$(dirname "$0")"
clang --target=wasm32 -msimd128 -O3 -ffp-contract=off -fno-builtin -nostdlib -fvisibility=hidden \
  -Wall -Wextra -Wl,--no-entry -Wl,--export-dynamic -Wl,--export=__heap_base -Wl,--strip-all -Wl,-z,stack-size=16384 \
  -o kernels.wasm elementary.c linear.c
{
  echo '/**'
  echo ' * The SIMD kernels as bytes: elementary.c and linear.c compiled by build.sh.'
  echo ' * Written by build.sh; do not edit.'
  echo ' * It must not compute anything.'
  echo ' */'
  echo 'export const KERNELS ='
  printf '  "%s"\n' "$(base64 -w0 kernels.wasm)"
} > module.ts
ls -l kernels.wasm
rm kernels.wasm
