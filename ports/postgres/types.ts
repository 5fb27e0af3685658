import pg from 'pg'

const parserOf = (oid: number, format?: 'text') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)

/** As the driver reads values, but whole numbers of 64 bits as numbers: counts and sums of ours fit in 53. */
export const types: pg.CustomTypesConfig = { getTypeParser: parserOf as pg.CustomTypesConfig['getTypeParser'] }
