// Prints the rows of a Parquet file, one JSON object a line, without what is null.
import { asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const file = await asyncBufferFromFile(process.argv[2])
const { schema } = await parquetMetadataAsync(file)
console.log(JSON.stringify(schema.slice(1).map(c => [c.name, c.logical_type?.type ?? c.converted_type ?? c.type])))
for (const row of await parquetReadObjects({ file, compressors })) {
  for (const [name, value] of Object.entries(row)) {
    if (value === null || value === undefined) delete row[name]
    if (typeof value === 'bigint') row[name] = Number(value)
  }
  console.log(JSON.stringify(row))
}
