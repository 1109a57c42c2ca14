// Asks STS with the SDK for Go v2.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	times, _ := strconv.Atoi(os.Getenv("ASK_TIMES"))
	every, _ := strconv.ParseFloat(os.Getenv("ASK_EVERY"), 64)
	loaded, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		fmt.Println("Go v2 failed:", err)
		os.Exit(1)
	}
	client, status := sts.NewFromConfig(loaded), 0
	for number := range times {
		if number > 0 {
			time.Sleep(time.Duration(every * float64(time.Second)))
		}
		if _, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{}); err != nil {
			fmt.Println("Go v2 failed:", strings.Join(strings.Fields(err.Error()), " "))
			status = 1
		} else {
			fmt.Println("Go v2 ok")
		}
	}
	os.Exit(status)
}
