package githubtest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// gitDataCall answers what is asked of git data; false: nothing was.
func (c call) gitDataCall(asked string) bool {
	calls := map[string]func(){
		"GET git/ref/{ref:.+}":         c.getRef,
		"POST git/refs":                c.createRef,
		"PATCH git/refs/{ref:.+}":      c.updateRef,
		"DELETE git/refs/{ref:.+}":     c.deleteRef,
		"GET git/blobs/{file_sha}":     c.getBlob,
		"POST git/blobs":               c.createBlob,
		"GET git/trees/{tree_sha}":     c.getTree,
		"POST git/trees":               c.createTree,
		"GET git/commits/{commit_sha}": c.getCommit,
		"POST git/commits":             c.createCommit,
	}
	answer, known := calls[asked]
	switch {
	case !known:
		return false
	case !strings.HasPrefix(asked, "GET ") && !c.token.Contents:
		refuse(c.a, http.StatusForbidden, "Resource not accessible by integration")
	default:
		answer()
	}
	return true
}

func (c call) notFound() { refuse(c.a, http.StatusNotFound, "Not Found") }

func (c call) unprocessable(message string) {
	refuse(c.a, http.StatusUnprocessableEntity, message)
}

func (c call) address(part string) string {
	return "https://api.github.com/repos/" + Repository + "/git/" + part
}

func (c call) replyRef(status int, ref string) {
	reply(c.a, status, map[string]any{
		"ref": ref, "node_id": "REF", "url": c.address(ref),
		"object": map[string]any{"type": "commit", "sha": c.git.refs[ref], "url": c.address("commits/" + c.git.refs[ref])},
	})
}

func (c call) getRef() {
	ref := "refs/" + c.input.PathParams["ref"]
	if c.git.refs[ref] == "" {
		c.notFound()
		return
	}
	c.replyRef(http.StatusOK, ref)
}

func (c call) createRef() {
	var asked struct{ Ref, SHA string }
	c.decode(&asked)
	switch {
	case !strings.HasPrefix(asked.Ref, "refs/") || strings.Count(asked.Ref, "/") < 2:
		c.unprocessable("Reference name must start with 'refs/' and have at least two slashes.")
	case c.git.refs[asked.Ref] != "":
		c.unprocessable("Reference already exists")
	case !c.git.is(asked.SHA, "commit"):
		c.unprocessable("Object does not exist")
	case c.git.protected[asked.Ref] != "":
		c.unprocessable(c.git.protected[asked.Ref])
	default:
		c.git.refs[asked.Ref] = asked.SHA
		c.replyRef(http.StatusCreated, asked.Ref)
	}
}

func (c call) updateRef() {
	var asked struct {
		SHA   string
		Force bool
	}
	c.decode(&asked)
	ref := "refs/" + c.input.PathParams["ref"]
	switch {
	case c.git.refs[ref] == "":
		c.unprocessable("Reference does not exist")
	case !c.git.is(asked.SHA, "commit"):
		c.unprocessable("Object does not exist")
	case c.git.protected[ref] != "":
		c.unprocessable(c.git.protected[ref])
	case !asked.Force && !c.git.isAncestor(c.git.refs[ref], asked.SHA):
		c.unprocessable("Update is not a fast forward")
	default:
		c.git.refs[ref] = asked.SHA
		c.replyRef(http.StatusOK, ref)
	}
}

func (c call) deleteRef() {
	ref := "refs/" + c.input.PathParams["ref"]
	if c.git.refs[ref] == "" {
		c.unprocessable("Reference does not exist")
		return
	}
	delete(c.git.refs, ref)
	c.a.WriteHeader(http.StatusNoContent)
}

func (c call) getBlob() {
	id := c.input.PathParams["file_sha"]
	if !c.git.is(id, "blob") {
		c.notFound()
		return
	}
	content := c.git.objects[id].content
	reply(c.a, http.StatusOK, map[string]any{
		"sha": id, "node_id": "BLOB", "url": c.address("blobs/" + id), "size": len(content),
		"encoding": "base64", "content": inLines(base64.StdEncoding.EncodeToString(content)),
	})
}

// inLines breaks a text as GitHub does: every 60 characters.
func inLines(text string) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(text), 60) {
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

func (c call) createBlob() {
	var asked struct{ Content, Encoding string }
	c.decode(&asked)
	content := []byte(asked.Content)
	if asked.Encoding == "base64" {
		var err error
		if content, err = base64.StdEncoding.DecodeString(asked.Content); err != nil {
			c.unprocessable("content is not valid Base64")
			return
		}
	}
	id := c.git.add("blob", content)
	reply(c.a, http.StatusCreated, map[string]any{"sha": id, "url": c.address("blobs/" + id)})
}

func (c call) replyTree(status int, tree string, recursive bool) {
	shown := []any{}
	add := func(path string, e treeEntry) {
		kind, size := "blob", len(c.git.objects[e.id].content)
		entry := map[string]any{"path": path, "mode": fmt.Sprintf("%06s", e.mode), "sha": e.id, "url": c.address("blobs/" + e.id)}
		switch e.mode {
		case "40000":
			kind = "tree"
			entry["url"] = c.address("trees/" + e.id)
		case "160000":
			kind = "commit"
		default:
			entry["size"] = size
		}
		entry["type"] = kind
		shown = append(shown, entry)
	}
	var walk func(tree, prefix string)
	walk = func(tree, prefix string) {
		names, entries := c.git.entries(tree)
		for _, name := range names {
			add(prefix+name, entries[name])
			if entries[name].mode == "40000" && recursive {
				walk(entries[name].id, prefix+name+"/")
			}
		}
	}
	walk(tree, "")
	reply(c.a, status, map[string]any{"sha": tree, "url": c.address("trees/" + tree), "tree": shown, "truncated": c.truncated})
}

func (c call) getTree() {
	id := c.input.PathParams["tree_sha"]
	if !c.git.is(id, "tree") {
		c.notFound()
		return
	}
	c.replyTree(http.StatusOK, id, c.input.Request.URL.Query().Has("recursive"))
}

func (c call) createTree() {
	var asked struct {
		BaseTree string `json:"base_tree"`
		Tree     []struct {
			Path, Mode, Type string
			SHA, Content     *string
		}
	}
	c.decode(&asked)
	files := make(map[string]treeEntry)
	if asked.BaseTree != "" {
		if !c.git.is(asked.BaseTree, "tree") {
			c.unprocessable("base_tree is not a valid tree oid")
			return
		}
		files = c.git.files(asked.BaseTree)
	}
	for _, e := range asked.Tree {
		_, there := files[e.Path]
		switch {
		case e.Content != nil:
			files[e.Path] = treeEntry{e.Mode, c.git.add("blob", []byte(*e.Content))}
		case e.SHA == nil && !there:
			c.unprocessable("GitRPC::BadObjectState")
			return
		case e.SHA == nil:
			delete(files, e.Path)
		case !c.git.is(*e.SHA, "blob"):
			c.unprocessable("tree.sha " + *e.SHA + " is not a valid blob")
			return
		default:
			files[e.Path] = treeEntry{e.Mode, *e.SHA}
		}
	}
	if len(files) == 0 {
		c.unprocessable("Invalid tree info")
		return
	}
	c.replyTree(http.StatusCreated, c.git.addTree(files), false)
}

func (c call) replyCommit(status int, id string) {
	tree, parents, message := c.git.commit(id)
	shown := c.about.example("git-commit")
	shown["sha"], shown["message"], shown["url"] = id, message, c.address("commits/"+id)
	shown["tree"] = map[string]any{"sha": tree, "url": c.address("trees/" + tree)}
	of := []any{}
	for _, parent := range parents {
		of = append(of, map[string]any{"sha": parent, "url": c.address("commits/" + parent), "html_url": "https://github.com/" + Repository + "/commit/" + parent})
	}
	shown["parents"] = of
	reply(c.a, status, shown)
}

func (c call) getCommit() {
	id := c.input.PathParams["commit_sha"]
	if !c.git.is(id, "commit") {
		c.notFound()
		return
	}
	c.replyCommit(http.StatusOK, id)
}

func (c call) createCommit() {
	var asked struct {
		Message, Tree string
		Parents       []string
	}
	c.decode(&asked)
	if !c.git.is(asked.Tree, "tree") {
		c.unprocessable("Tree SHA does not exist")
		return
	}
	for _, parent := range asked.Parents {
		if !c.git.is(parent, "commit") {
			c.unprocessable("Parent SHA does not exist or is not a commit object")
			return
		}
	}
	c.replyCommit(http.StatusCreated, c.git.addCommit(asked.Tree, asked.Parents, c.token.Login, asked.Message))
}

// Files are the contents on a branch by their paths; none when there is no such
// branch.
func (g *GitHub) Files(branch string) map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	commit := g.git.refs["refs/heads/"+branch]
	if commit == "" {
		return nil
	}
	tree, _, _ := g.git.commit(commit)
	out := make(map[string]string)
	for path, entry := range g.git.files(tree) {
		out[path] = string(g.git.objects[entry.id].content)
	}
	return out
}

// Put commits files to a branch, in addition to what is there, with these modes:
// 100644 a file, 120000 a link.
func (g *GitHub) Put(branch, mode string, files map[string]string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ref := "refs/heads/" + branch
	all := make(map[string]treeEntry)
	var parents []string
	if tip := g.git.refs[ref]; tip != "" {
		tree, _, _ := g.git.commit(tip)
		all, parents = g.git.files(tree), []string{tip}
	}
	for path, content := range files {
		all[path] = treeEntry{mode, g.git.add("blob", []byte(content))}
	}
	g.git.refs[ref] = g.git.addCommit(g.git.addTree(all), parents, "octocat", "by hand")
}

// Protect makes GitHub refuse with this message to move a branch; empty: no more.
func (g *GitHub) Protect(branch, message string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.git.protected["refs/heads/"+branch] = message
}

// Truncate makes lists of files incomplete, as those of very many files are.
func (g *GitHub) Truncate() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.truncated = true
}

// Head is a branch's commit; empty: there is no such branch.
func (g *GitHub) Head(branch string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.git.refs["refs/heads/"+branch]
}

// Branches are the names of all branches.
func (g *GitHub) Branches() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var names []string
	for _, ref := range slices.Sorted(maps.Keys(g.git.refs)) {
		names = append(names, strings.TrimPrefix(ref, "refs/heads/"))
	}
	return names
}

// Commits are the messages of a branch's commits, the newest first.
func (g *GitHub) Commits(branch string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var messages []string
	for id := g.git.refs["refs/heads/"+branch]; id != ""; {
		_, parents, message := g.git.commit(id)
		messages = append(messages, message)
		if id = ""; len(parents) > 0 {
			id = parents[0]
		}
	}
	return messages
}
