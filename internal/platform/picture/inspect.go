package picture

import (
	"encoding/binary"
	"errors"
)

var errBroken = errors.New("the file ends too early or is not what it says")

// jpegFacts is what has to be known of a JPEG before it is decoded.
type jpegFacts struct {
	orientation int // 1 to 8, as a camera writes it; 1 is upright
	progressive bool
	scans       int
}

// inspectJPEG walks over the segments of a JPEG without decoding it. A
// progressive file can ask for any number of passes over the whole picture in a
// few bytes each, so they are counted.
func inspectJPEG(data []byte) (jpegFacts, error) {
	facts := jpegFacts{orientation: 1}
	at := 2
	for {
		for at < len(data) && data[at] != 0xFF {
			at++ // entropy-coded data, or rubbish that decoders pass over
		}
		for at < len(data) && data[at] == 0xFF {
			at++
		}
		if at >= len(data) {
			return facts, nil
		}
		marker := data[at]
		at++
		switch {
		case marker == 0xD9: // end of image
			return facts, nil
		case marker == 0 || marker == 1 || marker >= 0xD0 && marker <= 0xD8:
			continue // stuffing, restart: without a length
		}
		if at+2 > len(data) {
			return facts, nil
		}
		length := int(binary.BigEndian.Uint16(data[at:]))
		if length < 2 || at+length > len(data) {
			return facts, errBroken
		}
		body := data[at+2 : at+length]
		switch marker {
		case 0xC2:
			facts.progressive = true
		case 0xDA:
			facts.scans++
		case 0xE1:
			if len(body) > 6 && string(body[:6]) == "Exif\x00\x00" && facts.orientation == 1 {
				facts.orientation = exifOrientation(body[6:])
			}
		}
		at += length
	}
}

// exifOrientation reads tag 0x0112 of the first directory of an EXIF block. It
// gives 1 when there is none, or when the block is broken.
func exifOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := order.Uint32(b[4:])
	if uint64(at)+2 > uint64(len(b)) {
		return 1
	}
	entries := b[at+2:]
	for range min(order.Uint16(b[at:]), 200) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// webpOrientation finds the EXIF block of a WebP.
func webpOrientation(data []byte) int {
	for at := 12; at+8 <= len(data); {
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		body := at + 8
		if size < 0 || size > len(data)-body {
			return 1
		}
		if string(data[at:at+4]) == "EXIF" {
			block := data[body : body+size]
			if len(block) > 6 && string(block[:6]) == "Exif\x00\x00" {
				block = block[6:]
			}
			return exifOrientation(block)
		}
		at = body + size + size&1
	}
	return 1
}

// inspectGIF counts the frames of a GIF and adds up their pixels, without
// decoding them. It stops at the first block that is broken.
func inspectGIF(data []byte) (frames, pixels int) {
	if len(data) < 13 {
		return 0, 0
	}
	at := 13
	if flags := data[10]; flags&0x80 != 0 {
		at += 3 << (flags&7 + 1)
	}
	skipBlocks := func() bool {
		for at < len(data) {
			n := int(data[at])
			at += 1 + n
			if n == 0 {
				return true
			}
		}
		return false
	}
	for at < len(data) {
		kind := data[at]
		at++
		switch kind {
		case 0x21: // extension
			at++
			if !skipBlocks() {
				return frames, pixels
			}
		case 0x2C: // frame
			if at+9 > len(data) {
				return frames, pixels
			}
			w, h := binary.LittleEndian.Uint16(data[at+4:]), binary.LittleEndian.Uint16(data[at+6:])
			frames++
			pixels += int(w) * int(h)
			flags := data[at+8]
			at += 9
			if flags&0x80 != 0 {
				at += 3 << (flags&7 + 1)
			}
			at++ // the size of the first code
			if !skipBlocks() {
				return frames, pixels
			}
		default:
			return frames, pixels
		}
	}
	return frames, pixels
}
