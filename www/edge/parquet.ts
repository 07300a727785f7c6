/** Tables as Apache Parquet, by hyparquet-writer: pages of rows in, row groups out. */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

import type { Encoder } from "./stream.js";

/** The rows of a group: what is kept in memory before it is written. */
const GROUP_ROWS = 5_000;

type Cell = string | number | boolean | null;
type Element = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];

/** The columns of Parquet for what the core calls them. */
const TYPES: Readonly<Record<string, Partial<Element>>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  time: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  integer: { type: "INT32" },
  number: { type: "DOUBLE" },
  flag: { type: "BOOLEAN" },
};

/** Encodes a table of these columns. */
export function parquet(columns: readonly (readonly [string, string])[]): Encoder {
  const sink = new ByteWriter();
  const fields = columns.map(([name, type]) => ({ name, repetition_type: "OPTIONAL", ...TYPES[type] }) as Element);
  const schema: Element[] = [{ name: "lead", num_children: columns.length }, ...fields];
  const writer = new ParquetWriter({ writer: sink, schema, createdBy: "leadkit" });
  let rows: Cell[][] = [];

  /** Takes what was written so far; the count of bytes goes on. */
  const taken = (): Uint8Array => {
    const bytes = sink.getBytes().slice();
    sink.index = 0;
    return bytes;
  };
  const group = (): void => {
    if (rows.length === 0) return;
    const columnData = columns.map(([name, type], place) => ({
      name,
      data: rows.map((row) => stored(row[place], type)),
    }));
    rows = [];
    void writer.write({ columnData, rowGroupSize: GROUP_ROWS });
  };
  return {
    write(piece) {
      for (const row of JSON.parse(piece) as Cell[][]) {
        rows.push(row);
        if (rows.length === GROUP_ROWS) group();
      }
      return taken();
    },
    finish() {
      group();
      void writer.finish();
      return taken();
    },
  };
}

function stored(cell: Cell | undefined, type: string): Cell | Date {
  if (cell === undefined || cell === null) return null;
  return type === "time" && typeof cell === "number" ? new Date(cell) : cell;
}
