package events

import (
	"io"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// groupRows and groupBytes bound what is held in memory until it is written: a
	// row group. Both depend on the records alone, not on how they arrive.
	groupRows  = 1 << 16
	groupBytes = 32 << 20

	// atOnce rows are given to the library together: where it ends a page depends on that.
	atOnce = 1024
)

// offsetColumn stands behind those of Columns.
const offsetColumn = "utc_offset"

// ordered is a group whose columns stand in the order of Columns; others are sorted by name.
type ordered struct {
	parquet.Group
	names []string
}

func (o ordered) Fields() []parquet.Field {
	fields := o.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(o.names, a.Name()) - slices.Index(o.names, b.Name())
	})
	return fields
}

func parquetSchema() *parquet.Schema {
	group := ordered{Group: parquet.Group{}}
	add := func(name string, n parquet.Node) {
		group.Group[name] = n
		group.names = append(group.names, name)
	}
	for _, c := range Columns {
		var n parquet.Node
		switch {
		case c.Name == "time":
			n = parquet.TimestampAdjusted(parquet.Microsecond, false)
		case c.Name == "detail":
			n = parquet.JSON()
		case c.few:
			n = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
		case c.text != nil:
			n = parquet.String()
		case c.flag != nil:
			n = parquet.Leaf(parquet.BooleanType)
		default:
			n = parquet.Int(64)
		}
		if c.flag == nil {
			n = parquet.Optional(n)
		}
		add(c.Name, n)
	}
	add(offsetColumn, parquet.Optional(parquet.Int(32)))
	return parquet.NewSchema("event", group)
}

type parquetWriter struct {
	w       *parquet.GenericWriter[any]
	pending []parquet.Row
	rows    int // of the row group
	bytes   int
}

func newParquetWriter(w io.Writer) Writer {
	return &parquetWriter{w: parquet.NewGenericWriter[any](w, parquetSchema(),
		parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy("logsleuth", "", ""))}
}

type parquetBatch struct{ rows []parquet.Row }

func (*parquetWriter) Batch() Batch { return new(parquetBatch) }

func (b *parquetBatch) Add(r *parser.Record) error {
	row := make(parquet.Row, 0, len(Columns)+1)
	add := func(v parquet.Value, known bool) {
		switch {
		case !known:
			v = parquet.NullValue().Level(0, 0, len(row))
		default:
			v = v.Level(0, 1, len(row))
		}
		row = append(row, v)
	}
	for _, c := range Columns {
		switch {
		case c.Name == "time":
			add(parquet.Int64Value(r.Clock.Micros), r.Clock.Stamp.Has(parser.StampTime))
		case c.text != nil:
			text := strings.ToValidUTF8(c.text(r), "\uFFFD")
			add(parquet.ByteArrayValue([]byte(text)), text != "")
		case c.flag != nil:
			row = append(row, parquet.BooleanValue(c.flag(r)).Level(0, 0, len(row)))
		default:
			n, known := c.number(r)
			add(parquet.Int64Value(n), known)
		}
	}
	add(parquet.Int32Value(r.Clock.Offset), r.Clock.Stamp.Has(parser.StampTime|parser.StampZone))
	b.rows = append(b.rows, row)
	return nil
}

func (p *parquetWriter) Write(b Batch) error {
	for _, row := range b.(*parquetBatch).rows {
		for _, v := range row {
			if v.Kind() == parquet.ByteArray {
				p.bytes += len(v.ByteArray())
			}
		}
		p.rows++
		p.pending = append(p.pending, row)
		full := p.rows >= groupRows || p.bytes >= groupBytes
		if full || len(p.pending) == atOnce {
			if err := p.write(); err != nil {
				return err
			}
		}
		if full {
			if err := p.w.Flush(); err != nil {
				return err
			}
			p.rows, p.bytes = 0, 0
		}
	}
	return nil
}

func (p *parquetWriter) write() error {
	_, err := p.w.WriteRows(p.pending)
	clear(p.pending)
	p.pending = p.pending[:0]
	return err
}

func (p *parquetWriter) Close() error {
	if err := p.write(); err != nil {
		return err
	}
	return p.w.Close()
}
