package main // Cashi for <pay-with>, in plain Go. Try it: PORT=8090 CASHI_URL=https://cashi.id CASHI_KEY=… go run relay.go
import ("crypto/hmac"; "crypto/sha256"; "encoding/hex"; "encoding/json"; "io"; "net/http"; "net/url"; "os"; "path"; "strings"; "time")
var prices = map[string]int{"INV-9921": 15000} // the price is the server's, never the browser's
func refuse(status int, code string) (int, []byte, bool) { return status, []byte(`{"code":"` + code + `"}`), false }
func cashi(method, path string, body string) (int, []byte) {
	request, _ := http.NewRequest(method, os.Getenv("CASHI_URL")+path, strings.NewReader(body))
	request.Header = http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {os.Getenv("CASHI_KEY")}}
	answer, err := (&http.Client{Timeout: 20 * time.Second}).Do(request); if err != nil { return 502, []byte("{}") }
	defer answer.Body.Close(); text, _ := io.ReadAll(answer.Body); return answer.StatusCode, text
}
func check(id string) (int, []byte, bool) { // asks Cashi, and records what Cashi says is paid
	end := len(id) - 21; if end < 0 || id[end] != '-' || prices[id[:end]] == 0 { return refuse(404, "not_found") }
	status, text := cashi("GET", "/api/check-status/"+url.PathEscape(id), "")
	var told struct{ Status string; Amount json.Number }; json.Unmarshal(text, &told)
	amount, _ := told.Amount.Float64(); added := amount - float64(prices[id[:end]]); isPaid := told.Status == "SETTLED" && added >= 1 && added <= 99 // Cashi adds 1 to 99 rupiah
	if isPaid { os.WriteFile("paid-"+id[:end], []byte(id), 0o644) }; return status, text, isPaid // ship from this
}
func hear(body []byte, given string) (int, []byte, bool) { // a webhook proves nothing: Cashi is asked
	secret := os.Getenv("CASHI_WEBHOOK_SECRET"); right := hmac.New(sha256.New, []byte(secret)); right.Write(body); if secret == "" { return refuse(503, "webhook_secret_missing") }
	if !hmac.Equal([]byte(strings.ToLower(given)), []byte(hex.EncodeToString(right.Sum(nil)))) { return refuse(401, "bad_signature") }
	var told struct{ Data struct{ ID string `json:"order_id"` } }; json.Unmarshal(body, &told); if told.Data.ID == "" { return refuse(400, "bad_request") }
	if strings.HasPrefix(told.Data.ID, "TEST-") { return 200, []byte("{}"), false }
	status, text, isPaid := check(told.Data.ID); if status == 200 && !isPaid { return refuse(503, "not_paid_yet") }; return status, text, isPaid
}
func api(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16)); order, id := r.URL.Query().Get("order"), r.URL.Query().Get("id"); if id == "" { id = path.Base(r.URL.Path) }
	status, text, _ := refuse(404, "not_found"); key := strings.ReplaceAll(r.Header.Get("Idempotency-Key"), "-", "")
	if r.Method == "POST" && path.Clean(r.URL.Path) == "/api/webhooks/cashi" { status, text, _ = hear(body, r.Header.Get("X-Gateway-Signature")) } else if r.Method == "POST" {
		var asked struct{ Order string }; json.Unmarshal(body, &asked); price := prices[asked.Order] // check here, too, that the order is the caller's
		if price > 0 && len(key) > 20 { wish, _ := json.Marshal(map[string]any{"amount": price, "order_id": asked.Order + "-" + key[:20]}); status, text = cashi("POST", "/api/create-order", string(wish)) }
	} else if strings.HasPrefix(id, order+"-") && len(id) == len(order)+21 { status, text, _ = check(id) }
	w.Header().Set("Content-Type", "application/json"); w.Header().Set("Cache-Control", "no-store"); w.WriteHeader(status); w.Write(text)
}
func main() { http.Handle("/", http.FileServer(http.Dir("public"))); http.HandleFunc("/api/", api); panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)) }
