package action_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// What stands in for actions/checkout: it knows the tips of branches, and puts the
// files of one into the workspace.
const checkoutAction = `
name: checkout
inputs:
  ref: {default: ""}
  persist-credentials: {default: "true"}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        REF: ${{ inputs.ref || github.sha }}
      run: |
        from="$GITHUB_ACTION_PATH/commits/$REF"
        [ -d "$from" ] || { echo "::error::there is no commit $REF to check out"; exit 1; }
        cp -R "$from/." .
        mkdir .git && cp "$GITHUB_ACTION_PATH/commits/$REF.sha" .git/HEAD
`

// What stands in for actions/upload-artifact: the files are left below $UPLOADED/NAME,
// where this test set that.
const uploadAction = `
name: upload-artifact
inputs:
  name: {default: artifact}
  path: {required: true}
  include-hidden-files: {default: "false"}
  overwrite: {default: "false"}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        NAME: ${{ inputs.name }}
        FROM: ${{ inputs.path }}
        HIDDEN: ${{ inputs.include-hidden-files }}
      run: |
        case "$FROM" in .*|*/.*) [ "$HIDDEN" = true ] || { echo "::warning::hidden files are left out"; exit 0; } ;; esac
        [ -d "$FROM" ] || { echo "::warning::No files were found with the provided path: $FROM"; exit 0; }
        mkdir -p "$UPLOADED/$NAME" && cp -R "$FROM/." "$UPLOADED/$NAME"
`

var (
	usesLine  = regexp.MustCompile(`(?m)^\s*(?:- )?uses: ([^\s@]+)@(\S+)`)
	runsImage = regexp.MustCompile(`(?m)^  image: .*$`)
)

// actionsOf are the directories that stand in for what a workflow uses.
func (g *gated) actionsOf(workflow string) map[string]string {
	g.t.Helper()
	actions := make(map[string]string)
	for _, use := range usesLine.FindAllStringSubmatch(workflow, -1) {
		name, ref := use[1], use[2]
		switch name {
		case "actions/checkout":
			actions[name+"@"+ref] = g.checkout()
		case "actions/upload-artifact":
			dir := g.t.TempDir()
			writeFiles(g.t, dir, map[string]string{"action.yml": uploadAction})
			actions[name+"@"+ref] = dir
		case "benchgate/benchgate":
			actions[name+"@"+ref] = g.action
		case "benchgate/benchgate/action-binary":
			g.releasePrograms()
			actions["benchgate/benchgate@"+ref] = g.action
		default:
			g.t.Fatalf("nothing stands in for %s", name)
		}
	}
	return actions
}

// checkout is the directory of that action for what is on GitHub now.
func (g *gated) checkout() string {
	files := map[string]string{"action.yml": checkoutAction}
	for _, branch := range g.Branches() {
		commit := g.Head(branch)
		for _, ref := range []string{branch, commit} {
			files["commits/"+ref+".sha"] = commit + "\n"
			for name, text := range g.Files(branch) {
				files["commits/"+ref+"/"+name] = text
			}
		}
	}
	dir := g.t.TempDir()
	writeFiles(g.t, dir, files)
	return dir
}

// runners are what labels of runs-on stand for: a container, or this machine for a
// workflow that does without container actions.
func runners(workflow string) map[string]string {
	images := map[string]string{"ubuntu-24.04": "debian:bookworm-slim", "self-hosted": "debian:bookworm-slim"}
	if strings.Contains(workflow, "/action-binary@") {
		images["self-hosted"] = "-self-hosted"
	}
	return images
}

// releasedAction is this repository as a release has it: action.yml names an image.
func releasedAction(t *testing.T, image string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "action-binary"), os.DirFS(filepath.Join(root, "action-binary"))); err != nil {
		t.Fatal(err)
	}
	described := runsImage.ReplaceAllString(readFile(t, filepath.Join(root, "action.yml")), "  image: docker://"+image)
	writeFiles(t, dir, map[string]string{"action.yml": described})
	return dir
}

// releasePrograms makes action-binary know the program of the image, and serves it
// where a company has its mirror of the releases.
func (g *gated) releasePrograms() {
	g.t.Helper()
	dir := g.t.TempDir()
	platform := runtime.GOOS + "-" + runtime.GOARCH
	file := filepath.Join(dir, "v0.1.0", "benchgate-"+platform)
	writeFiles(g.t, dir, map[string]string{"v0.1.0/README": "programs"})
	container := docker(g.t, "create", g.image)
	docker(g.t, "cp", container+":/benchgate", file)
	docker(g.t, "rm", container)
	sum := fmt.Sprintf("%x v0.1.0 %s\n", sha256.Sum256([]byte(readFile(g.t, file))), platform)
	writeFiles(g.t, g.action, map[string]string{"action-binary/checksums.txt": sum})
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	g.t.Cleanup(server.Close)
	g.releases = server.URL
}
