package bot

// Block is one piece of a reply. Exactly one field is set; each adapter renders it in its platform's own way.
type Block struct {
	Text    string   `json:"text,omitempty"` // a paragraph, plain text
	Fields  []Field  `json:"fields,omitempty"`
	Table   *Table   `json:"table,omitempty"`
	Code    string   `json:"code,omitempty"` // shown in a fixed-width font, as it is
	File    *File    `json:"file,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
}

// Field is a name with a value.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Table is rows under headers. Every row has as many cells as there are columns.
type Table struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// File is content to be attached.
type File struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // media type
	Content []byte `json:"content"`
}

// Button offers a command: pressing it is the same as typing it.
type Button struct {
	Label   string `json:"label"`
	Command string `json:"command"`
	Danger  bool   `json:"danger,omitempty"`
	// Typed is the line that says the same for whoever has nothing to press; empty: Command.
	Typed string `json:"typed,omitempty"`
}

// TextBlock returns a paragraph.
func TextBlock(text string) Block { return Block{Text: text} }

// TableBlock returns a table.
func TableBlock(columns []string, rows [][]string) Block {
	return Block{Table: &Table{Columns: columns, Rows: rows}}
}
