package main // Cashi for <pay-with>, in plain Go. Try it: PORT=8090 CASHI_URL=https://cashi.id CASHI_KEY=… go run relay.go
import ("encoding/json"; "io"; "net/http"; "net/url"; "os"; "path"; "strings"; "time")
var prices = map[string]int{"INV-9921": 15000} // the price is the server's, never the browser's
func cashi(method, path string, body string) (int, []byte) {
	request, _ := http.NewRequest(method, os.Getenv("CASHI_URL")+path, strings.NewReader(body))
	request.Header = http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {os.Getenv("CASHI_KEY")}}
	answer, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	if err != nil { return 502, []byte("{}") }
	defer answer.Body.Close(); text, _ := io.ReadAll(answer.Body); return answer.StatusCode, text
}
func payments(w http.ResponseWriter, r *http.Request) {
	asked, status, text := struct{ Order, ID string }{r.FormValue("order"), r.FormValue("id")}, 404, []byte(`{"code":"not_found"}`)
	if r.Method == "POST" { json.NewDecoder(r.Body).Decode(&asked) } else if asked.ID == "" { asked.ID = path.Base(r.URL.Path) }
	price, known := prices[asked.Order]; end := len(asked.ID) - 20 // check here, too, that the order is the caller's
	key := strings.ReplaceAll(r.Header.Get("Idempotency-Key"), "-", "")
	if known && r.Method == "POST" && len(key) > 20 {
		body, _ := json.Marshal(map[string]any{"amount": price, "order_id": asked.Order + "-" + key[:20]})
		status, text = cashi("POST", "/api/create-order", string(body))
	}
	if known && r.Method == "GET" && end > 0 && asked.ID[:end] == asked.Order+"-" { status, text = cashi("GET", "/api/check-status/"+url.PathEscape(asked.ID), "") }
	var told struct{ Status string; Amount int }; json.Unmarshal(text, &told); added := told.Amount - price // Cashi adds 1 to 99 rupiah
	if r.Method == "GET" && told.Status == "SETTLED" && added >= 0 && added <= 99 { os.WriteFile("paid-"+asked.Order, []byte(asked.ID), 0o644) } // ship from this
	w.Header().Set("Content-Type", "application/json"); w.WriteHeader(status); w.Write(text)
}
func main() { http.Handle("/", http.FileServer(http.Dir("public"))); http.HandleFunc("/api/", payments); panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)) }
