package cmd

import (
	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/report"
)

func schemaCommand(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the JSON report",
		Long: `Print the JSON Schema (draft 2020-12) of what logsleuth analyze --format json
writes. Within a version of it, changes only add.`,
		Example: `  logsleuth schema > report.schema.json`,
		Args:    cobra.NoArgs,

		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := std.out.Write(report.Schema())
			return err
		},
	}
}
