/** Bounds of one search, so that parsing and compiling it cost a bounded amount. */

export const searchLimits = {
  text_chars_max: 4096,
  depth_max: 64,
  /** Each condition becomes up to about 1 kB of SQL; the engine reads at most 256 kB. */
  terms_max: 128,
  wildcards_max: 16,
} as const
