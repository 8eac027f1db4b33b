package files

import (
	"context"
	"io"

	"plein/internal/platform/extract"
	"plein/internal/plein"
)

// Inside gives the text inside a file, without asking who reads: for the index of
// search. "" is a file in which there is no text that we can read. It is slow;
// extract bounds it in time and size.
func (s *Service) Inside(ctx context.Context, id plein.ID) (string, error) {
	f, err := byID(ctx, s.DB.Read(), id)
	if err != nil {
		return "", plein.Wrap("files.inside", err)
	}
	if f.Picture || f.Loose() || !extract.Reads(f.Name) {
		return "", nil
	}
	b, err := s.Bytes(ctx, f, false)
	if err != nil {
		return "", err
	}
	defer b.Close()
	text, err := extract.Text(ctx, f.Name, io.LimitReader(b, plein.MaxFileBytes))
	return text, plein.Wrap("files.inside", err)
}
