package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"plein/internal/plein"
)

// Options say where a bucket is and how to get in. The bucket must exist; keys
// are stored in it behind the prefix.
type Options struct {
	Endpoint  string // host or host:port
	Bucket    string
	Prefix    string // a folder in the bucket, for a bucket that is shared; may be empty
	Region    string // empty asks the server
	AccessKey string
	SecretKey string
	Insecure  bool // plain HTTP, for a server on the same machine
}

type s3 struct {
	client *minio.Client
	bucket string
	prefix string // empty or with a slash at its end
}

// name is where a key stands in the bucket.
func (s *s3) name(key string) string { return s.prefix + key }

// OpenS3 gives a Store in a bucket of a server that speaks S3. It checks the
// options and does not go out; Ready does.
func OpenS3(o Options) (Store, error) {
	if o.Endpoint == "" || o.Bucket == "" {
		return nil, plein.Wrap("blob.open", errors.New("an S3 store needs an endpoint and a bucket"))
	}
	client, err := minio.New(strings.TrimSuffix(o.Endpoint, "/"), &minio.Options{
		Creds:  credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure: !o.Insecure,
		Region: o.Region,
	})
	if err != nil {
		return nil, plein.Wrap("blob.open", err)
	}
	prefix := strings.Trim(o.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &s3{client, o.Bucket, prefix}, nil
}

func (s *s3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	const op = "blob.put"
	if !okKey(key) || size < 0 {
		return badKey(op, key)
	}
	source := &exactly{r: r, left: size}
	if size == 0 {
		if err := source.done(); err != nil {
			return plein.Wrap(op, err)
		}
	}
	// The announced length makes the server refuse a body that stops early; a
	// body that is too long is found before the last byte is sent.
	last := &lastByte{r: source, left: size}
	_, err := s.client.PutObject(ctx, s.bucket, s.name(key), last, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", SendContentMd5: true,
		// The client would send an empty body in signed chunks without a
		// length, which servers refuse.
		DisableContentSha256: size == 0,
	})
	if source.err != nil {
		return plein.Wrap(op, source.err)
	}
	return bucketError(op, err)
}

// lastByte looks behind the last announced byte before it gives it away, so that
// a body that is too long is never complete on the other side.
type lastByte struct {
	r    *exactly
	left int64
}

func (l *lastByte) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left == 0 && (err == nil || err == io.EOF) {
		if err := l.r.done(); err != nil {
			return 0, err
		}
		return n, io.EOF
	}
	return n, err
}

func (s *s3) Get(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	const op = "blob.get"
	if !okKey(key) {
		return nil, Info{}, plein.ErrNotFound
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.name(key), minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, bucketError(op, err)
	}
	info, err := object.Stat()
	if err != nil {
		_ = object.Close()
		return nil, Info{}, bucketError(op, err)
	}
	return object, Info{Key: key, Size: info.Size, Modified: info.LastModified.UTC()}, nil
}

func (s *s3) Stat(ctx context.Context, key string) (Info, error) {
	if !okKey(key) {
		return Info{}, plein.ErrNotFound
	}
	info, err := s.client.StatObject(ctx, s.bucket, s.name(key), minio.StatObjectOptions{})
	if err != nil {
		return Info{}, bucketError("blob.stat", err)
	}
	return Info{Key: key, Size: info.Size, Modified: info.LastModified.UTC()}, nil
}

func (s *s3) Delete(ctx context.Context, key string) error {
	const op = "blob.delete"
	if !okKey(key) {
		return badKey(op, key)
	}
	err := bucketError(op, s.client.RemoveObject(ctx, s.bucket, s.name(key), minio.RemoveObjectOptions{}))
	if errors.Is(err, plein.ErrNotFound) {
		return nil
	}
	return err
}

func (s *s3) List(ctx context.Context, prefix string, fn func(Info) error) error {
	const op = "blob.list"
	if !okPrefix(prefix) {
		return badKey(op, prefix)
	}
	ctx, stop := context.WithCancel(ctx) // ends the lister when fn says stop
	defer stop()
	for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.name(prefix), Recursive: true}) {
		if object.Err != nil {
			return bucketError(op, object.Err)
		}
		key := strings.TrimPrefix(object.Key, s.prefix)
		if !okKey(key) {
			continue // somebody else's, in a shared bucket
		}
		if err := fn(Info{Key: key, Size: object.Size, Modified: object.LastModified.UTC()}); err != nil {
			return err
		}
	}
	return plein.Wrap(op, ctx.Err())
}

func (s *s3) Ready(ctx context.Context) error {
	const op = "blob.ready"
	exists, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !exists {
		err = fmt.Errorf("there is no bucket %q", s.bucket)
	}
	if err != nil {
		return away(op, err)
	}
	key := "_ready-" + strings.ToLower(rand.Text()) // no key of a blob, so List passes it by
	_, err = s.client.PutObject(ctx, s.bucket, s.name(key), strings.NewReader("plein"), 5, minio.PutObjectOptions{})
	if err == nil {
		err = s.client.RemoveObject(ctx, s.bucket, s.name(key), minio.RemoveObjectOptions{})
	}
	if err != nil {
		return away(op, err)
	}
	return nil
}

func bucketError(op string, err error) error {
	if err == nil {
		return nil
	}
	answer := minio.ToErrorResponse(err)
	if answer.Code == minio.NoSuchKey || answer.StatusCode == http.StatusNotFound && answer.Code != minio.NoSuchBucket {
		return plein.ErrNotFound // an answer to HEAD carries no code
	}
	return away(op, err)
}
